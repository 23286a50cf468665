package coach

import (
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/screen"
	"loopback/tools/companion/progress"
)

// spotted is a course in which wrong programs of two units may be handed out.
func spotted(t *testing.T) *Coach {
	t.Helper()
	c := course(t, "done")
	for _, unit := range []string{"01-one", "02-two"} {
		put(t, c.Root, "solutions/"+unit+"/main.go", "// Two is a server.\n"+programs["done"])
		for _, name := range []string{"a", "b", "c"} {
			put(t, c.Root, "testdata/"+unit+"/wrong/"+name+"/main.go",
				"// Belief: "+name+name+name+".\n//\n// Caught by: 01-one (exited).\n"+
					strings.Replace(programs["done"], "\tln.Accept()\n",
						"\tln.Close() // the mistake of "+name+"\n", 1))
			put(t, c.Root, "testdata/"+unit+"/wrong/"+name+"/report.txt", report)
		}
	}
	put(t, c.Root, "testdata/01-one/01-one.txtar", "# It starts.\nserve\ndial A\n-- hint --\nStart it.\n")
	put(t, c.Root, "testdata/02-two/01-one.txtar", "# It starts.\nserve\ndial A\n-- hint --\nStart it.\n")
	return c
}

const report = "02-two: 0 of 1\n\n── 01-one ── exited ──\nThe rule\n    It starts.\nWhat happened\n    it ended\n" +
	"On the wire\n    a row\nLikely cause\n    the cause\nHint\n    the hint\n"

func debug(t *testing.T, c *Coach, o DebugOptions, wants ...string) Debugged {
	t.Helper()
	d, err := c.Debug(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range wants {
		if !strings.Contains(d.Text, want) {
			t.Errorf("no %q in\n%s", want, d.Text)
		}
	}
	return d
}

// A program is handed out without its mistake's name, graded, mended, counted,
// and not handed out again.
func TestDebug(t *testing.T) {
	c := spotted(t)
	if _, err := c.Debug(t.Context(), DebugOptions{Check: true}); err != ErrNothingHanded {
		t.Errorf("%v", err)
	}
	d := debug(t, c, DebugOptions{Unit: "02-two"}, "debug/02-1/main.go", "    It starts.", "    a row",
		"What happened\n    it ended", "not solved this exercise yet", "--give-up")
	text := c.text("debug/02-1/main.go")
	for _, bad := range []string{"Belief", "Caught by", "the mistake of", "the cause", "the hint", "exited"} {
		if strings.Contains(text, bad) || strings.Contains(d.Text, bad) {
			t.Errorf("%q is told:\n%s\n%s", bad, d.Text, text)
		}
	}
	if !strings.HasPrefix(text, "// Two is a server.\npackage main\n") {
		t.Errorf("%s", text)
	}
	debug(t, c, DebugOptions{}, "It has not been changed yet.", "debug/02-1/main.go")
	put(t, c.Root, "debug/02-1/main.go", text+"\n// changed\n")
	if d := debug(t, c, DebugOptions{}, "debug/02-1 is not mended yet.", "It breaks the rule of 01-one\n    It starts.",
		"Your change so far: 0 lines of code put in, 0 taken away."); !d.Fails {
		t.Error("a program that fails is mended")
	}
	put(t, c.Root, "testdata/02-two/02-more.txtar", "# It says more.\nserve\ndial A\nrecv A 'more'\n")
	put(t, c.Root, "debug/02-1/main.go", strings.Replace(text, "\tln.Close()", "\tln.Accept()", 1))
	debug(t, c, DebugOptions{}, "debug/02-1 passes 01-one now. But all scenarios must pass.",
		"It breaks the rule of 02-more\n    It says more.")
	os.Remove(filepath.Join(c.Root, "testdata", "02-two", "02-more.txtar"))
	put(t, c.Root, "debug/02-1/main.go", "package main\n\nfunc main() { lgo() }\n")
	if d := debug(t, c, DebugOptions{Check: true}, "undefined: lgo"); !d.Fails {
		t.Error("a program that does not compile is mended")
	}
	put(t, c.Root, "debug/02-1/main.go", strings.Replace(text, "\tln.Close()", "\tln.Accept()", 1))
	name := c.Grader.Store.Learner().Mending.Open[0].Name
	if d := debug(t, c, DebugOptions{}, "Mended: debug/02-1 passes all scenarios of 02-two; 1 of 6 programs.",
		"Your change: 1 line of code put in, 1 taken away.\nOur change: 1 line of code put in, 1 taken away.",
		"--- debug/02-1/main.go.handed-out", "Belief: "+name+name+name+".", "+++ solutions/02-two/main.go"); d.Fails ||
		strings.Contains(d.Text, "Caught by") {
		t.Errorf("fails %v:\n%s", d.Fails, d.Text)
	}
	b, err := c.Board(t.Context())
	if err != nil || !strings.Contains(c.Text(b, 80), "1 of 3 exercises done, 1 of 6 programs mended\n") {
		t.Errorf("%v\n%s", err, c.Text(b, 80))
	}
	seen := []string{name}
	for range 2 {
		debug(t, c, DebugOptions{Unit: "02-two"}, "debug/02-")
		h, _ := c.Grader.Store.Learner().Mending.Current("")
		c.update(func(m *progress.Mending) { m.Mend(h) })
		seen = append(seen, h.Name)
	}
	if slices.Sort(seen); !slices.Equal(seen, []string{"a", "b", "c"}) {
		t.Errorf("handed out: %v", seen)
	}
	debug(t, c, DebugOptions{Unit: "02-two"}, "You have mended every program")
}

// An answer that was shown mends nothing; the program comes again, last.
func TestDebugGiveUp(t *testing.T) {
	c := spotted(t)
	debug(t, c, DebugOptions{Unit: "02-two"})
	debug(t, c, DebugOptions{GiveUp: true}, "What its author believes\n  Belief: ", "Our mend", "-\tln.Close()\n")
	if got := c.mended("%d of %d"); got != "" {
		t.Errorf("mended %s", got)
	}
	first := slices.Collect(func(yield func(string) bool) {
		for id := range c.Grader.Store.Learner().Mending.GivenUp {
			yield(id)
		}
	})
	for i := range 3 {
		debug(t, c, DebugOptions{Unit: "02-two"})
		h, _ := c.Grader.Store.Learner().Mending.Current("")
		if (h.ID() == first[0]) != (i == 2) {
			t.Errorf("number %d is %s; %v was given up", i, h.ID(), first)
		}
		c.update(func(m *progress.Mending) { m.Mend(h) })
	}
}

// The order is another for each seed and the same for the same; a program of a
// solved exercise comes first.
func TestDebugOrder(t *testing.T) {
	c := spotted(t)
	first := func(seed int) string {
		s, ok := c.draw(t.Context(), DebugOptions{Seed: seed})
		if !ok {
			t.Fatal("nothing was drawn")
		}
		return s.Unit + "/" + s.Name
	}
	seen := map[string]bool{}
	for seed := 1; seed <= 20; seed++ {
		one := first(seed)
		if again := first(seed); again != one {
			t.Errorf("seed %d: %s, then %s", seed, one, again)
		}
		seen[one] = true
	}
	if len(seen) < 4 {
		t.Errorf("twenty seeds begin with %v", seen)
	}
	c.Now(t.Context(), "01-one") // which is done
	for seed := 1; seed <= 20; seed++ {
		if one := first(seed); !strings.HasPrefix(one, "01-one/") {
			t.Errorf("seed %d: %s comes before those of a solved exercise", seed, one)
		}
	}
}

// Every wrong program of the course can be handed out: nothing but comments is
// taken away, what is left names no mistake, and a sample is built by go build.
func TestDebugEveryProgram(t *testing.T) {
	c, err := New("../../..", screen.New(os.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		put(t, root, name, c.text(name))
	}
	all := c.wrongs("")
	if len(all) < 300 {
		t.Fatalf("only %d programs", len(all))
	}
	last := ""
	for _, s := range all {
		folder := filepath.Join(root, "debug", s.Unit+"-"+s.Name)
		if err := c.copyOut(s, folder); err != nil {
			t.Errorf("%s: %v", s.Folder, err)
			continue
		}
		before, after := c.text(filepath.ToSlash(s.Folder)+"/main.go"), must(t, filepath.Join(folder, "main.go"))
		if !slices.Equal(tokens(before, nil), tokens(after, nil)) {
			t.Errorf("%s: more than comments was changed", s.Folder)
		}
		known := map[string]bool{}
		tokens(c.text("solutions/"+s.Unit+"/main.go"), known)
		told := map[string]bool{}
		tokens(after, told)
		for comment := range told {
			if !known[comment] && !strings.HasPrefix(comment, "//go:") {
				t.Errorf("%s: a comment of its own is left: %s", s.Folder, comment)
			}
		}
		if text := c.puzzle(s, progress.Handed{Unit: s.Unit}); !s.NotBuilt && !shows(c, s, text) {
			t.Errorf("%s: nothing to show:\n%s", s.Folder, text)
		}
		if s.Unit != last { // one of each unit
			last = s.Unit
			cmd := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, "./debug/"+filepath.Base(folder))
			cmd.Dir = root
			if out, err := cmd.CombinedOutput(); err != nil && !s.NotBuilt {
				t.Errorf("%s: %v\n%s", s.Folder, err, out)
			}
		}
	}
}

// shows reports whether a text has the rule that a program breaks, and, where a
// report is recorded, what happened, but no cause and no hint.
func shows(c *Coach, s catalogue.Subject, text string) bool {
	report := c.text(filepath.ToSlash(s.Folder) + "/report.txt")
	seen := report == "" || strings.Contains(text, "\nOn the wire\n    ") ||
		strings.Contains(text, "\nWhat happened\n    ")
	for _, head := range []string{"Likely cause", "Hint"} {
		if part := partOf(report, head); part != "" && strings.Contains(text, part) {
			return false
		}
	}
	return seen && strings.Contains(text, "It breaks the rule of "+s.Scenario+"\n    ")
}

func must(t *testing.T, path string) string {
	t.Helper()
	text, err := readFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tokens returns a program without its comments, which it notes.
func tokens(program string, comments map[string]bool) (out []string) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(program))
	s.Init(file, []byte(program), nil, scanner.ScanComments)
	for {
		_, tok, text := s.Scan()
		switch {
		case tok == token.EOF:
			return out
		case tok == token.COMMENT:
			if comments != nil {
				comments[text] = true
			}
		case tok != token.SEMICOLON: // some are made up, where a line ends
			out = append(out, tok.String()+" "+text)
		}
	}
}
