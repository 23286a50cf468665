package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"

	"loopback/tools/base/called"
)

// tutorial is the page whose files, changes and commands the test takes one after another.
const tutorial = "chapters/write-a-unit.md"

// A step is a block of the page: what the directive above it says, and its lines.
type step struct {
	line  int
	kind  string // write, change or author
	args  []string
	lines []string
}

// aStep matches the directive above a block that an author types.
var aStep = regexp.MustCompile(`^<!-- (write|change|author): (.*) -->$`)

// readSteps takes the page apart. A block ends with the fence that it begins with.
func readSteps(t *testing.T, text string) (steps []step) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for i := 0; i+1 < len(lines); i++ {
		m := aStep.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		fence := lines[i+1][:len(lines[i+1])-len(strings.TrimLeft(lines[i+1], "`"))]
		s := step{line: i + 1, kind: m[1], args: strings.Fields(m[2])}
		for i += 2; i < len(lines) && lines[i] != fence; i++ {
			s.lines = append(s.lines, lines[i])
		}
		steps = append(steps, s)
	}
	return steps
}

// TestTutorial does what the page for authors says, in a copy of the course: from a new
// name to a unit of which check and weave have no more to say.
func TestTutorial(t *testing.T) {
	t.Parallel()
	dir := wholeCourse(t)
	page, err := os.ReadFile(filepath.Join(dir, tutorial))
	if err != nil {
		t.Fatal(err)
	}
	steps := readSteps(t, string(page))
	kinds := map[string]int{}
	for _, s := range steps {
		kinds[s.kind]++
		var err error
		switch s.kind {
		case "write":
			put(t, filepath.Join(dir, s.args[0]), strings.Join(s.lines, "\n")+"\n")
		case "change":
			err = s.change(dir)
		case "author":
			err = s.run(t, dir)
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", tutorial, s.line, err)
		}
	}
	if kinds["write"] < 5 || kinds["change"] < 5 || kinds["author"] < 5 {
		t.Errorf("the page has fewer steps than it had: %v", kinds)
	}
}

// gap is the line of a block between two places, or for output that is not shown.
const gap = "..."

// change makes a file from another one. Each part of the block must be found once.
func (s step) change(dir string) error {
	from, to := filepath.Join(dir, s.args[0]), filepath.Join(dir, s.args[1])
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	text := string(data)
	for part := range strings.SplitSeq(strings.Join(s.lines, "\n"), "\n"+gap+"\n") {
		var before, after strings.Builder
		for l := range strings.SplitSeq(part, "\n") {
			if l == "" || !strings.ContainsRune(" +-", rune(l[0])) {
				return fmt.Errorf("a line of a change begins with a plus, a minus or a space: %q", l)
			}
			if l[0] != '+' {
				before.WriteString(l[1:] + "\n")
			}
			if l[0] != '-' {
				after.WriteString(l[1:] + "\n")
			}
		}
		at := strings.Index("\n"+text, "\n"+before.String())
		if at < 0 || strings.Contains(text[at+1:], "\n"+before.String()) {
			return fmt.Errorf("this is not in %s, or not once:\n%s", s.args[0], before.String())
		}
		text = text[:at] + after.String() + text[at+before.Len():]
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, []byte(text), 0o644)
}

// run runs the commands of a session, and compares what they print.
func (s step) run(t *testing.T, dir string) error {
	for i := 0; i < len(s.lines); {
		command, ok := strings.CutPrefix(s.lines[i], "$ ")
		if !ok {
			return fmt.Errorf("a session begins with a command, not with %q", s.lines[i])
		}
		var want []string
		for i++; i < len(s.lines) && !strings.HasPrefix(s.lines[i], "$ "); i++ {
			want = append(want, s.lines[i])
		}
		got, err := s.command(t, dir, command)
		if err != nil {
			return err
		}
		if got = seconds.ReplaceAllString(got, "(N s)"); !fits(got, want) {
			return fmt.Errorf("%s prints\n%s\nthe page says\n%s", command, got, strings.Join(want, "\n"))
		}
	}
	return nil
}

// seconds is a time in the output, which differs from run to run.
var seconds = regexp.MustCompile(`\([0-9.]+ s\)`)

// command runs one command and returns what it prints. Where the line does not print the
// exit status, that must be 0.
func (s step) command(t *testing.T, dir, line string) (string, error) {
	line, prints := strings.CutSuffix(line, `; echo "exit status $?"`)
	words, err := shellquote.Split(line)
	if err != nil {
		return "", err
	}
	switch {
	case words[0] == "rm" && len(words) == 2:
		return "", os.Remove(filepath.Join(dir, words[1]))
	case words[0] != "course":
		return "", fmt.Errorf("the test knows no command %q", words[0])
	}
	status, all := courseAsSeen(t, dir, words[1:]...)
	if prints {
		return all + fmt.Sprintf("exit status %d\n", status), nil
	}
	if status != 0 {
		return "", fmt.Errorf("%s: exit status %d\n%s", line, status, all)
	}
	return all, nil
}

// courseAsSeen runs the command, and returns what a terminal would show.
func courseAsSeen(t *testing.T, dir string, args ...string) (status int, shown string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), asCourse+"=1", called.Variable+"=course") // as the page calls it
	cmd.Stdout, cmd.Stderr = &all, &all
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), all.String()
}

// fits reports whether a text has these lines, in this order; a gap is any lines.
func fits(text string, want []string) bool {
	var pattern strings.Builder
	for _, l := range want {
		if l == gap {
			pattern.WriteString(`(?:.*\n)*?`)
		} else {
			pattern.WriteString(regexp.QuoteMeta(l) + `\n`)
		}
	}
	return regexp.MustCompile(`^(?:` + pattern.String() + `)$`).MatchString(text)
}

// wholeCourse copies the course to a temporary folder, but for its tools, which are there
// for links alone.
func wholeCourse(t *testing.T) (dir string) {
	t.Helper()
	from, err := root()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, top := range []string{"chapters", "exercises", "solutions", "testdata", ".devcontainer"} {
		if err := os.CopyFS(filepath.Join(dir, top), os.DirFS(filepath.Join(from, top))); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type()&fs.ModeType == 0 {
			data, err := os.ReadFile(filepath.Join(from, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, e.Name()), string(data))
		}
	}
	if err := os.Symlink(filepath.Join(from, "tools"), filepath.Join(dir, "tools")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTutorialSteps: a step that is not as the page says is found.
func TestTutorialSteps(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a"), "one\ntwo\none\n")
	for _, c := range []struct {
		lines, want string
	}{
		{"-two\n+2", "one\n2\none\n"},
		{"+0\n one\n two", "0\none\ntwo\none\n"},
		{"-two\n...\n one\n+3", ""},
		{"-one\n+1", ""},
		{"-three\n+3", ""},
		{"two", ""},
	} {
		s := step{args: []string{"a", "b/c"}, lines: strings.Split(c.lines, "\n")}
		err := s.change(dir)
		got, _ := os.ReadFile(filepath.Join(dir, "b/c"))
		if (c.want == "") != (err != nil) || err == nil && string(got) != c.want {
			t.Errorf("%q: %q, %v", c.lines, got, err)
		}
	}
	for _, c := range []struct {
		text, want string
		fits       bool
	}{
		{"a\nb\n", "a|b", true}, {"a\nx\ny\nb\n", "a|...|b", true}, {"a\nb\n", "a|...|b", true},
		{"a\nb\nc\n", "a|b", false}, {"a\n", "a|b", false}, {"c\na\n", "a", false}, {"", "...", true},
	} {
		if got := fits(c.text, strings.Split(c.want, "|")); got != c.fits {
			t.Errorf("%q fits %q: %v", c.text, c.want, got)
		}
	}
}
