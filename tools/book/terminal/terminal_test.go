package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/problem"
	"loopback/tools/base/tree"
	"loopback/tools/engine/process"
)

// TestMain makes sure that nothing is left running.
func TestMain(m *testing.M) {
	code := m.Run()
	if strays := process.Sweep(); len(strays) > 0 {
		fmt.Fprintln(os.Stderr, "still running after the tests:", strays)
		code = 1
	}
	os.Exit(code)
}

func root(t *testing.T) string {
	t.Helper()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestTranscripts runs every session of every chapter.
func TestTranscripts(t *testing.T) {
	root := root(t)
	files, err := filepath.Glob(filepath.Join(root, "chapters", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no chapters: %v", err)
	}
	for _, path := range files {
		file := filepath.Join("chapters", filepath.Base(path))
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel() // they mostly wait, and each looks at addresses of its own only
			for _, p := range Chapter(t.Context(), root, file) {
				if p.Skipped {
					t.Logf("SKIPPED %v", p)
				} else {
					t.Errorf("%v", p)
				}
			}
		})
	}
}

// session is a chapter that is right; the tests below spoil it.
const session = `# A chapter

## Two terminals

<!-- console: server -->
~console
$ echo-go -listen 127.0.0.1:0
listening on 127.0.0.1:40001
~

<!-- console: client -->
~console
$ ask 127.0.0.1:40001 hello socket
tcp 127.0.0.1:50001 -> 127.0.0.1:40001
hello socket
$ ask 127.0.0.1:40001 | wc -c
tcp 127.0.0.1:50002 -> 127.0.0.1:40001
0
$ ask 127.0.0.1:40001 again | wc -c
tcp 127.0.0.1:50003 -> 127.0.0.1:40001
6
~

<!-- console: idle -->
~console
$ bash -c 'exec 3<>/dev/tcp/127.0.0.1/40001; printf connected; cat <&3'
connected
~
`

// verdict runs text as chapters/test.md and returns its problems.
func verdict(t *testing.T, text string) []problem.Problem {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("sessions are run on Linux")
	}
	b := bounds{quiet: 300 * time.Millisecond, section: usual.section}
	return check(t.Context(), root(t), "chapters/test.md", strings.ReplaceAll(text, "~", "```"), b)
}

// swap replaces the one place where old stands.
func swap(t *testing.T, text, old, with string) string {
	t.Helper()
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%q occurs %d times", old, n)
	}
	return strings.Replace(text, old, with, 1)
}

func TestRight(t *testing.T) {
	for _, p := range verdict(t, session) {
		t.Errorf("%v", p)
	}
}

// seeds are the faults that are put into the session, one at a time, each with
// the line and the beginning of the problem that is to be found.
var seeds = []struct {
	name, old, with string
	line            int
	want            string
}{
	{"two ports claimed equal", "127.0.0.1:50002", "127.0.0.1:50001", 17,
		`50001 is the number of line 14, but here the terminal shows another one: write a number that this section does not use yet`},
	{"one port claimed to be two", "50001 -> 127.0.0.1:40001", "50001 -> 127.0.0.1:40002", 14,
		`40002 and 40001 (line 8) are the same number on the terminal: write 40001`},
	{"ports swapped", "127.0.0.1:50003 ->", "127.0.0.1:40001 ->", 20,
		`40001 is the number of line 8, but here the terminal shows another one: write a number`},
	{"wrong byte count", "\n6\n", "\n5\n", 21,
		`the terminal shows "6", not "5": write what it shows, or mend the command`},
	{"wrong word", "\nhello socket\n", "\nhello sprocket\n", 15,
		`the terminal shows "hello socket", not "hello sprocket": write what it shows`},
	{"wrong address", "50001 -> 127.0.0.1:40001", "50001 -> 127.0.0.2:40001", 14,
		`the terminal shows "tcp 127.0.0.1:`},
	{"unknown port", "ask 127.0.0.1:40001 again", "ask 127.0.0.1:40009 again", 19,
		`no line above has shown 40009 in this section: write a number that one has shown`},
	{"unknown port as a file name", "127.0.0.1/40001", "127.0.0.1/40009", 26,
		`no line above has shown 40009 in this section`},
	{"a line never comes", "listening on 127.0.0.1:40001\n", "listening on 127.0.0.1:40001\nready\n", 9,
		`"ready" never comes, all programs of the section are asleep: take the line out, or mend the command of line 7`},
	{"the first line never comes", "printf connected; ", "", 27,
		`"connected" never comes`},
	{"an end without a line", "\nhello socket\n", "\nhello socket\nbye\n", 16,
		`the command of line 13 has ended without printing "bye": take the line out, or mend the command`},
	{"extra output", "\nhello socket\n", "\n", 14,
		`the terminal goes on with "hello socket": add the line below this one, or mend the command`},
	{"extra output of a silent command", "tcp 127.0.0.1:50002 -> 127.0.0.1:40001\n0\n", "", 16,
		`the terminal goes on with "tcp 127.0.0.1:`},
	{"a command that bash cannot read", "$ ask 127.0.0.1:40001 hello socket", "$ ask 127.0.0.1:40001 (", 14,
		`the terminal shows "bash: `},
	{"a second command for the server", "\n~\n\n<!-- console: client", "\n$ true\n~\n\n<!-- console: client", 9,
		`the command of line 7 does not end, so this one cannot be typed: put it into a console of its own`},
	{"a misspelt command", "$ echo-go", "$ echo-gone", 8,
		`the terminal shows "bash: line 1: echo-gone: command not found", not`},
}

// TestSeeded spoils the session in one place each.
func TestSeeded(t *testing.T) {
	for _, test := range seeds {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			expect(t, verdict(t, swap(t, session, test.old, test.with)), test.line, test.want)
		})
	}
}

// expect wants exactly one problem, in this line, whose text begins with want.
func expect(t *testing.T, ps []problem.Problem, line int, want string) {
	t.Helper()
	if len(ps) != 1 || ps[0].Line != line || !strings.HasPrefix(ps[0].Text, want) || ps[0].File != "chapters/test.md" {
		t.Errorf("got %v, want one problem: chapters/test.md:%d: %s", ps, line, want)
	}
}

// TestForm spoils what stands around the sessions; nothing is run.
func TestForm(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		want       string
	}{
		{"no block", "<!-- console: server -->\ntext\n", 1, "no block follows: "},
		{"no directive", "text\n\n~console\n$ true\n~\n", 3,
			"this session is not run: put <!-- console: NAME --> above it"},
		{"no name", "<!-- console: -->\n~console\n$ true\n~\n", 1, "the console has no name: "},
		{"no command", "<!-- console: a -->\n~console\n~\n", 1, "the block has no command: "},
		{"output first", "<!-- console: a -->\n~console\nhello\n$ true\n~\n", 3, "output without a command: "},
		{"same name", strings.Repeat("<!-- console: a -->\n~console\n$ true\n~\n", 2), 5,
			`this section has a console "a" already, in line 1: `},
		{"not closed", "<!-- console: a -->\n~console\n$ true\n", 1, "the block below is never closed: "},
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			expect(t, verdict(t, test.text), test.line, test.want)
		})
	}
}

// Numbers belong to one section, and directives in other blocks to nobody.
func TestSections(t *testing.T) {
	between := "\n~text\n## no heading\n<!-- console: server -->\n~\n"
	again := "\n## Two more" + session[strings.Index(session, "\n\n<!--"):]
	for _, p := range verdict(t, session+between+again) {
		t.Errorf("%v", p)
	}
	cut := swap(t, again, "listening on 127.0.0.1:40001\n", "")
	ps := verdict(t, session+between+cut)
	expect(t, ps, strings.Count(session+between, "\n")+6, `the terminal goes on with "listening on `)
}

// alone is a chapter with one terminal.
func alone(lines string) string {
	return "<!-- console: one -->\n~console\n" + lines + "~\n"
}

// Programs that wait for a moment, talk in pieces, or name a process.
func TestAlone(t *testing.T) {
	for _, lines := range []string{
		"$ sleep 0.1; echo later\nlater\n$ echo then\nthen\n",
		"$ printf 'no newline'\nno newline\n$ printf 'one\\n\\ntwo'\none\n\ntwo\n",
		"$ printf 'Name? '; sleep 600\nName?\n",
		"$ (sleep 0.05; echo late) & echo early\nearly\nlate\n",
		"$ echo pid=$$; echo to standard error >&2; echo [$$]\npid=1234\nto standard error\n[1234]\n",
		"$ bash -c 'exit 3'; echo $?\n3\n$ true # nothing\n",
	} {
		for _, p := range verdict(t, alone(lines)) {
			t.Errorf("%q: %v", lines, p)
		}
	}
	expect(t, verdict(t, alone("$ echo pid=$$; echo pid=$$\npid=1234\npid=1235\n")), 5,
		"1235 and 1234 (line 4) are the same number")
}

// All that stands above a console has happened when it begins, also what follows a
// command that has printed everything and is slow to end.
func TestOrder(t *testing.T) {
	text := alone("$ echo one; sleep 0.1\none\n$ touch made; echo two\ntwo\n") +
		"\n<!-- console: other -->\n~console\n$ ls\nmade\n~\n"
	for _, p := range verdict(t, text) {
		t.Errorf("%v", p)
	}
}

// What has no end of its own is ended.
func TestBounds(t *testing.T) {
	expect(t, verdict(t, alone("$ yes\ny\n")), 4, `the terminal goes on with "y"`)
	expect(t, verdict(t, alone("$ trap '' TERM INT HUP; sleep 600; echo woken\nwoken\n")), 4, `"woken" never comes`)
	text := strings.ReplaceAll(alone("$ while :; do :; done\nat last\n"), "~", "```")
	ps := check(t.Context(), root(t), "chapters/test.md", text,
		bounds{quiet: time.Minute, section: 200 * time.Millisecond})
	expect(t, ps, 1, "the section has not come to rest")
}

// A block whose tool is missing is left out, and so are those that need it.
func TestMissingTool(t *testing.T) {
	verdict(t, session) // builds everything, while the compiler is on PATH
	text := swap(t, session, "$ echo-go -listen 127.0.0.1:0", "$ echo first; socat 127.0.0.1:0")
	usual, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	bash := filepath.Join(t.TempDir(), "bash")
	if err := os.Symlink(usual, bash); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(bash))
	for _, ci := range []string{"", "true"} {
		t.Setenv("CI", ci)
		ps := verdict(t, text)
		if len(ps) != 3 || !strings.Contains(ps[0].Text, `console "server" was not run: there is no socat`) ||
			!strings.Contains(ps[2].Text, `console "idle" was not run: it needs 40001 from console "server"`) {
			t.Errorf("CI=%q: got %v", ci, ps)
		}
		for _, p := range ps {
			if p.Skipped != (ci == "") {
				t.Errorf("CI=%q: Skipped is %v: %v", ci, p.Skipped, p)
			}
		}
	}
}

// A shorter port leaves blanks in a table; a wrong number does not hide there.
func TestColumns(t *testing.T) {
	n := newNames()
	want := promise{text: "ESTAB 0      0      127.0.0.1:40001 127.0.0.1:50001", line: 1}
	if fault := n.match(want, "ESTAB 0      0       127.0.0.1:4001 127.0.0.1:50001  "); fault != "" {
		t.Error(fault)
	}
	for _, got := range []string{"ESTAB 0      8      127.0.0.1:40001 127.0.0.1:50001",
		"ESTAB 0     0      127.0.0.1:40001 127.0.0.1:50001"} {
		if fault := newNames().match(want, got); fault == "" {
			t.Errorf("%q passes as %q", got, want.text)
		}
	}
}
