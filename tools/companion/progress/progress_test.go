package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

const passing = `package main

import (
	"flag"
	"fmt"
	"io"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		io.WriteString(conn, "hello\n")
		conn.Close()
	}
}
`

const script = `# The greeting comes.
serve
dial A
recv A 'hello\n'
eof A

-- cause wrong-bytes when got crlf --
The line ends with a carriage return.
-- read --
chapters/30-demo.md#greet
-- hint --
The hint that the report shows.
-- hint --
The first hint.
-- hint --
The second hint.
`

// clone writes a course of one unit and returns its root.
func clone(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	put(t, root, "go.mod", "module loopback\n\ngo 1.26.0\n")
	put(t, root, "exercises/30-demo/main.go", passing)
	put(t, root, "testdata/30-demo/01-one.txtar", script)
	return root
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// now is one call of the command: it opens everything anew. Graded reports
// whether it had to grade.
func now(t *testing.T, root string) (g *Grader, u *scenario.Unit, r Record, graded bool) {
	t.Helper()
	g = NewGrader(root)
	u, err := scenario.LoadUnit(root, "30-demo")
	if err != nil {
		t.Fatal(err)
	}
	r, err = g.Now(t.Context(), u, grade.Options{Built: func() { graded = true }})
	if err != nil {
		t.Fatal(err)
	}
	return g, u, r, graded
}

func expect(t *testing.T, root string, state State, graded bool) {
	t.Helper()
	_, _, r, did := now(t, root)
	if r.State != state || did != graded {
		t.Errorf("state %q, graded %v; want %q, %v\n%s", r.State, did, state, graded, r.Report)
	}
}

// What did not change is read, what changed is graded.
func TestKept(t *testing.T) {
	root := clone(t)
	expect(t, root, Done, true)
	expect(t, root, Done, false)
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	expect(t, root, Failing, true)
	expect(t, root, Failing, false)
	if NewGrader(root).Store.Learner().Passed["30-demo"].IsZero() {
		t.Error("that it has passed once is forgotten")
	}
}

// A git pull that changes a scenario has the exercise graded again; how far
// hints were read stays.
func TestPull(t *testing.T) {
	root := clone(t)
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	hint(t, root, "The first hint.")
	put(t, root, "testdata/30-demo/01-one.txtar",
		strings.Replace(script, "The greeting comes.", "The greeting comes at once.", 1))
	expect(t, root, Failing, true)
	hint(t, root, "The second hint.")
	put(t, root, "testdata/30-demo/01-one.txtar", strings.Replace(script, "-- hint --\nThe second hint.\n", "", 1))
	hint(t, root, "") // there are no more
}

func hint(t *testing.T, root, want string) {
	t.Helper()
	g, u, r, _ := now(t, root)
	if h := g.Store.Hint(u, r); h.Text != want || h.Read != "chapters/30-demo.md#greet" {
		t.Errorf("%+v, want %q", h, want)
	}
}

// Each call goes a step further than the report and the call before; another
// failure begins anew.
func TestHints(t *testing.T) {
	root := clone(t)
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	for _, want := range []string{"The first hint.", "The second hint.", "", ""} {
		hint(t, root, want)
	}
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hallo"))
	hint(t, root, "") // another program with the same mistake
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello\\n", "hello\\r\\n"))
	hint(t, root, "The first hint.") // the same verdict, for another cause
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello\\n", ""))
	hint(t, root, "The first hint.")
	g, u, r, _ := now(t, root)
	if got := g.Store.Shown(u, r); len(got) != 2 || r.First.Code != record.EarlyEOF {
		t.Errorf("shown %q for %v", got, r.First)
	}
}

// A clone that was moved takes everything along.
func TestMovedClone(t *testing.T) {
	root := clone(t)
	expect(t, root, Done, true)
	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	expect(t, moved, Done, false)
}

// A second clone has its own progress, and neither disturbs the other.
func TestSecondClone(t *testing.T) {
	one, two := clone(t), clone(t)
	put(t, one, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	hint(t, one, "The first hint.")
	expect(t, two, Done, true)
	put(t, two, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	hint(t, two, "The first hint.")
	hint(t, one, "The second hint.")
	expect(t, one, Failing, false)
}

// A home that is read-only, or none at all, does no harm: nothing is kept there.
func TestNoHome(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("GOCACHE", goCache(t))
	t.Setenv("TMPDIR", cache)
	t.Setenv("HOME", os.DevNull) // a folder can be made below it by nobody, not even by root
	t.Setenv("XDG_CACHE_HOME", filepath.Join(os.DevNull, "cache"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(os.DevNull, "config"))
	root := clone(t)
	expect(t, root, Done, true)
	expect(t, root, Done, false)
}

// A file that was corrupted is told in one line, and set aside; what can be
// found out again is, and what cannot is read from the copy.
func TestCorrupted(t *testing.T) {
	for _, text := range []string{"", "{", "\x00\x00\x00\x00", "[]", `{"unit":"99-none"}`} {
		t.Run(text, func(t *testing.T) {
			root := clone(t)
			expect(t, root, Done, true)
			put(t, root, ".course/results/30-demo.json", text)
			g, _, r, graded := now(t, root)
			notes := g.Store.Notes()
			if r.State != Done || !graded || len(notes) != 1 ||
				!strings.Contains(notes[0], "results/30-demo.json.unreadable-1") {
				t.Errorf("%q, graded %v, notes %q", r.State, graded, notes)
			}
			if got := get(t, root, ".course/results/30-demo.json.unreadable-1"); got != text {
				t.Errorf("set aside was %q", got)
			}
			expect(t, root, Done, false)
		})
	}
}

func TestCorruptedLearner(t *testing.T) {
	root := clone(t)
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	hint(t, root, "The first hint.")
	NewGrader(root).Store.Update(func(l *Learner) { l.Place = "30-demo" }) // now the copy knows of the hint
	put(t, root, ".course/learner.json", `{"place": "30-d`)
	g, u, r, _ := now(t, root)
	h := g.Store.Hint(u, r)
	notes := g.Store.Notes()
	if h.Text != "The second hint." || len(notes) != 1 || !strings.Contains(notes[0], "before the last change") {
		t.Errorf("%+v, notes %q", h, notes)
	}
	put(t, root, ".course/learner.json", "x")
	put(t, root, ".course/learner.json.bak", "x")
	g = NewGrader(root)
	if h := g.Store.Hint(u, r); h.Text != "The first hint." {
		t.Errorf("%+v", h)
	}
	if notes := g.Store.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "unreadable-2") {
		t.Errorf("notes %q", notes)
	}
}

// Where nothing can be kept, everything still works, and it is told in a line.
func TestCannotKeep(t *testing.T) {
	root := clone(t)
	put(t, root, Folder, "a file where the folder should be\n")
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	g, u, r, _ := now(t, root)
	for _, want := range []string{"The first hint.", "The second hint."} {
		if h := g.Store.Hint(u, r); h.Text != want { // as long as the command runs
			t.Errorf("%+v, want %q", h, want)
		}
	}
	if notes := g.Store.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "cannot be kept in .course") {
		t.Errorf("notes %q", notes)
	}
	expect(t, root, Failing, true)
}

// The result of a program that was edited while it was graded is not kept.
func TestEditedMeanwhile(t *testing.T) {
	root := clone(t)
	g := NewGrader(root)
	u, err := scenario.LoadUnit(root, "30-demo")
	if err != nil {
		t.Fatal(err)
	}
	r, err := g.Grade(t.Context(), u,
		grade.Options{Built: func() { put(t, root, "exercises/30-demo/main.go", "package main\n") }})
	if err != nil || r.Key != "" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, ok := g.Kept(u); ok {
		t.Error("it was kept")
	}
}

// A challenge is kept with the result, is no part of it, and is remembered.
func TestChallenges(t *testing.T) {
	root := clone(t)
	const head = "# A challenge.\n# challenge\nserve\ndial A\n"
	put(t, root, "testdata/30-demo/02-hard.txtar", head+"recv A 'more'\n-- hint --\nOne.\n-- hint --\nTwo.\n")
	put(t, root, "testdata/30-demo/03-easy.txtar", head)
	_, _, r, _ := now(t, root)
	if r.State != Done || r.Passed != 1 || r.Total != 1 || len(r.Failed)+len(r.Left) > 0 ||
		len(r.Won) != 1 || r.Won[0] != "03-easy" {
		t.Errorf("%+v", r)
	}
	g, u, r, graded := now(t, root)
	if open := r.Open(); graded || len(r.Won) > 0 || len(open) != 1 || open[0].Scenario != "02-hard" ||
		!strings.Contains(open[0].Report, "── 02-hard ── wrong-bytes") {
		t.Errorf("graded %v, %+v", graded, r)
	}
	if h := g.Store.ChallengeHint(u, r, r.Open()[0]); h.Known != "One." || h.Text != "Two." {
		t.Errorf("%+v", h)
	}
	if l := g.Store.Learner(); !l.HasPassed("30-demo", "03-easy") || l.HasPassed("30-demo", "02-hard") {
		t.Errorf("%+v", l)
	}
	if r, err := g.Grade(t.Context(), u, grade.Options{}); err != nil || len(r.Won) > 0 {
		t.Errorf("passed for the first time again: %v, %v", r.Won, err)
	}
	put(t, root, "exercises/30-demo/main.go", strings.ReplaceAll(passing, "hello", "hullo"))
	if _, _, r, _ := now(t, root); r.State != Failing || len(r.Challenges) > 0 || r.Total != 1 {
		t.Errorf("%+v", r)
	}
}
