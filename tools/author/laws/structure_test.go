package laws

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/problem"
)

// demanding is a challenge that no program of these tests passes.
const demanding = "# The rule.\n# challenge\nserve\ndial A\nrecv A 'more than that'\n-- hint --\nA.\n-- hint --\nB.\n"

// course writes a course of one unit, in order, and returns its root.
func course(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"go.mod":                                 "module loopback\n",
		"chapters/30-demo.md":                    "# Demo\n",
		"exercises/30-demo/main.go":              "package main\n",
		"exercises/30-demo/grade_test.go":        door,
		"solutions/30-demo/main.go":              "package main\n",
		"solutions/30-demo/grade_test.go":        door,
		"solutions/30-demo/given.go":             "package main\n\nvar given = 1\n",
		"exercises/30-demo/given.go":             "package main\n\nvar given = 1\n",
		"testdata/30-demo/01-one.txtar":          "# The rule.\nserve\n-- hint --\nA.\n-- hint --\nB.\n",
		"testdata/30-demo/02-other-1.txtar":      demanding,
		"testdata/30-demo/03-other-2.txtar":      demanding,
		"testdata/30-demo/right/other-1/main.go": "package main\n",
		"testdata/30-demo/right/other-2/main.go": "package main\n",
		"testdata/30-demo/right/other-3/main.go": "package main\n",
	}
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		files["testdata/30-demo/wrong/"+n+"/main.go"] = "// Belief: " + n + ".\n//\n// Caught by: 01-one (silence).\n" +
			"package main\n"
		files["testdata/30-demo/wrong/"+n+"/report.txt"] = ""
	}
	for name, text := range files {
		write(t, root, name, text)
	}
	return root
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStructureHolds(t *testing.T) {
	root := course(t)
	write(t, root, "testdata/30-demo/right/other-1/given.go", "package main\n\nvar given = 2 // a part of its own\n")
	for _, p := range Structure(root, "30-demo") {
		t.Error(p)
	}
}

// TestStructureSeeded breaks one law at a time.
func TestStructureSeeded(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, root string)
		want  string // the beginning of the problem
	}{
		{"no chapter", remove("chapters/30-demo.md"), "chapters/30-demo.md: the unit has no chapter"},
		{"one challenge", remove("testdata/30-demo/03-other-2.txtar"),
			"testdata/30-demo: has 1 challenges; a unit needs at least 2"},
		{"no stub", remove("exercises/30-demo/main.go"), "exercises/30-demo/main.go: the file is missing"},
		{"a file beside the stub", add("exercises/30-demo/helper.go", ""), "exercises/30-demo/helper.go: unexpected"},
		{"another door", add("exercises/30-demo/grade_test.go", "package main\n"),
			"exercises/30-demo/grade_test.go: must be the same"},
		{"another door to the solution", add("solutions/30-demo/grade_test.go", door+"\n"),
			"solutions/30-demo/grade_test.go: must be the same"},
		{"a scenario without a number", add("testdata/30-demo/one.txtar", ""),
			"testdata/30-demo/one.txtar: unexpected"},
		{"a scenario too long", add("testdata/30-demo/02-long.txtar", strings.Repeat("serve\n", 60)),
			"testdata/30-demo/02-long.txtar:60: a scenario is one behaviour"},
		{"one hint only for a code",
			add("testdata/30-demo/01-one.txtar", "# A rule.\nserve\n-- hint silence --\nA.\n-- hint --\nB.\n"+
				"-- hint --\nC.\n"),
			"testdata/30-demo/01-one.txtar:8: help comes in steps: at least two sections -- hint silence --"},
		{"one hint only for some evidence",
			add("testdata/30-demo/01-one.txtar", "# A rule.\nserve\n-- hint silence when unread --\nA.\n-- hint --\n"+
				"B.\n-- hint --\nC.\n"), "testdata/30-demo/01-one.txtar:8: help comes in steps: at least two " +
				"sections -- hint silence when unread --"},
		{"one hint only in a file that stands for another",
			add("testdata/30-demo/02-two.txtar", "# as 30-demo/01-one\n-- hint when unread --\nA.\n"),
			"testdata/30-demo/02-two.txtar:3: help comes in steps: at least two sections -- hint when unread --"},
		{"four hints", add("testdata/30-demo/02-two.txtar", "# A rule.\nserve\n-- hint --\nA.\n-- hint --\nB.\n"+
			"-- hint --\nC.\n-- hint --\nD.\n"),
			"testdata/30-demo/02-two.txtar:10: help comes in 2 or 3 steps: there are 4 sections -- hint --"},
		{"one hint only", add("testdata/30-demo/02-two.txtar", "# A rule.\nserve\n-- hint --\nA.\n"),
			"testdata/30-demo/02-two.txtar:4: help comes in steps"},
		{"too few right variants", remove("testdata/30-demo/right/other-1"), "testdata/30-demo/right: has 2 programs"},
		{"too few wrong programs", remove("testdata/30-demo/wrong/a"), "testdata/30-demo/wrong: has 7 programs"},
		{"a wrong program without a report", remove("testdata/30-demo/wrong/b/report.txt"),
			"testdata/30-demo/wrong/b/report.txt: the file is missing"},
		{"a wrong program with two files", add("testdata/30-demo/wrong/b/more.go", ""),
			"testdata/30-demo/wrong/b/more.go: unexpected"},
		{"a copy of a given file", add("testdata/30-demo/wrong/b/given.go", "package main\n\nvar given = 1\n"),
			"testdata/30-demo/wrong/b/given.go: a copy"},
		{"another given file in an exercise", add("exercises/30-demo/given.go", "package main\n"),
			"exercises/30-demo/given.go: unexpected"},
		{"an example with the name of another unit's", func(t *testing.T, root string) {
			for _, unit := range []string{"29-other", "30-demo"} {
				write(t, root, "testdata/"+unit+"/example/same/main.go", "package main\n")
			}
		}, "testdata/30-demo/example/same: testdata/29-other/example has an example of this name, too"},
		{"a name in capitals", add("testdata/30-demo/right/IoCopy/main.go", "package main\n"),
			"testdata/30-demo/right/IoCopy: is named in lower-case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := course(t)
			tt.spoil(t, root)
			expect(t, Structure(root, "30-demo"), tt.want)
		})
	}
}

// TestSubjectsSeeded breaks the line that says a wrong program's verdict.
func TestSubjectsSeeded(t *testing.T) {
	const file = "testdata/30-demo/wrong/a/main.go"
	for name, text := range map[string]string{
		"no line":          "// Belief: a.\npackage main\n",
		"below the clause": "package main\n\n// Caught by: 01-one (silence).\n",
	} {
		t.Run(name, func(t *testing.T) {
			root := course(t)
			write(t, root, file, text)
			_, ps := subjects(root, "30-demo")
			expect(t, ps, file+":1: the doc comment needs a line")
		})
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, root string) {
		if err := os.RemoveAll(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func add(name, text string) func(*testing.T, string) {
	return func(t *testing.T, root string) { write(t, root, name, text) }
}

func expect(t *testing.T, ps []problem.Problem, want string) {
	t.Helper()
	if !slices.ContainsFunc(ps, func(p problem.Problem) bool { return strings.HasPrefix(p.String(), want) }) {
		t.Errorf("no problem begins with %q; there are %v", want, ps)
	}
}
