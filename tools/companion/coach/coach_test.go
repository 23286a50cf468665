package coach

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/screen"
	"loopback/tools/companion/progress"
)

// course returns the coach of a course of three units, whose exercises are as
// given: "" is a stub.
func course(t *testing.T, exercises ...string) *Coach {
	t.Helper()
	root := t.TempDir()
	put(t, root, "go.mod", "module loopback\n\ngo 1.26.0\n")
	for i, unit := range []string{"01-one", "02-two", "03-three"} {
		put(t, root, "testdata/"+unit+"/01-one.txtar", "# It starts.\nserve\n-- hint --\nStart it.\n")
		text := ""
		if i < len(exercises) {
			text = exercises[i]
		}
		put(t, root, Program(unit), programs[text])
	}
	c, err := New(root, screen.New(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// programs are exercises in each state.
var programs = map[string]string{
	"": "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tnotWritten()\n}\n\n" +
		"func notWritten() {\n\tfmt.Fprintln(os.Stderr, \"not written yet\")\n\tos.Exit(1)\n}\n",
	"done": "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n\t\"net\"\n)\n\nfunc main() {\n" +
		"\tlisten := flag.String(\"listen\", \"\", \"\")\n\tflag.Parse()\n\tln, err := net.Listen(\"tcp\", *listen)\n" +
		"\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Println(\"listening on\", ln.Addr())\n\tln.Accept()\n}\n",
	"failing": "package main\n\nfunc main() {}\n",
	"broken":  "package main\n\nfunc main() { lgo() }\n",
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

// What comes next is where the learner is, then what was begun, then what is
// not done.
func TestPlace(t *testing.T) {
	for _, tt := range []struct {
		exercises []string
		at, want  string
	}{
		{[]string{"", "", ""}, "", "01-one"},
		{[]string{"done", "", ""}, "", "02-two"},
		{[]string{"done", "", ""}, "01-one", "02-two"},
		{[]string{"", "", "broken"}, "", "03-three"},
		{[]string{"", "failing", "done"}, "", "02-two"},
		{[]string{"", "", ""}, "02-two", "02-two"},
		{[]string{"", "done", "done"}, "03-three", "01-one"},
		{[]string{"done", "done", "done"}, "02-two", ""},
		{[]string{"", "", ""}, "09-no-more", "01-one"},
	} {
		c := course(t, tt.exercises...)
		if tt.at != "" {
			c.GoTo(tt.at)
		}
		b, err := c.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b.Place != tt.want {
			t.Errorf("%v at %q: %q, want %q", tt.exercises, tt.at, b.Place, tt.want)
		}
	}
}

// An exercise that was edited is where the learner is, even if another one was
// watched before.
func TestPlaceFollowsEdits(t *testing.T) {
	c := course(t)
	c.GoTo("01-one")
	board := func() string {
		b, err := c.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return b.Place
	}
	if got := board(); got != "01-one" {
		t.Error(got)
	}
	put(t, c.Root, Program("03-three"), programs["failing"])
	if got := board(); got != "03-three" {
		t.Error(got)
	}
	put(t, c.Root, Program("01-one"), programs["broken"])
	put(t, c.Root, Program("02-two"), programs["failing"])
	if got := board(); got != "03-three" {
		t.Error(got)
	}
}

// The board says how far each exercise is and what to do, in 80 columns.
func TestBoard(t *testing.T) {
	c := course(t, "done", "broken")
	put(t, c.Root, Chapter("01-one"), "# "+strings.Repeat("A long title ", 10)+"\n")
	b, err := c.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := c.Text(b, 80)
	for _, want := range []string{"1 of 3 exercises done", "  01-one                    done                A long",
		"> 02-two                    does not compile", "main.go:3:15: undefined: lgo", Command + " hint"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > 81 {
			t.Errorf("%d columns: %s", n-1, line)
		}
	}
}

// An exercise that cannot be graded does not keep the others from being told.
func TestCannotGrade(t *testing.T) {
	c := course(t, "done", "done", "done")
	put(t, c.Root, "testdata/02-two/01-one.txtar", "no rule\n")
	if err := os.RemoveAll(c.Grader.Folder("03-three")); err != nil {
		t.Fatal(err)
	}
	b, err := c.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []progress.State{progress.Done, progress.CannotGrade, progress.CannotGrade} {
		if b.Records[i].State != want {
			t.Errorf("%s is %s, want %s", b.Records[i].Unit, b.Records[i].State, want)
		}
	}
	if text := c.Text(b, 80); !strings.Contains(text,
		"02-two: could not grade\n\n  testdata/02-two/01-one.txtar:1: the first line must be a comment") {
		t.Error(text)
	}
}

func TestGalleryParts(t *testing.T) {
	if got := belief("// Belief: a.\n//\n// Then b.\n//\n// Caught by: 01-one (silence).\n" +
		"package main\n"); got != "Belief: a.\n\nThen b." {
		t.Errorf("%q", got)
	}
}
