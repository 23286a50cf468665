package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"

	"loopback/tools/class/batch"
)

// A batch starts this test binary again, for builds and gradings in boxes, without the
// variable that makes it the command.
func init() {
	if len(os.Args) > 1 && (os.Args[1] == batch.ChildVerb || os.Args[1] == batch.BuildVerb) {
		main()
	}
}

// onThePage returns the commands of the page for instructors that begin with one of these
// verbs, in its order, as words.
func onThePage(t *testing.T, verbs ...string) (commands [][]string) {
	t.Helper()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "chapters", "instructors.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range aCommand.FindAllStringSubmatch(string(page), -1) {
		words, err := shellquote.Split(strings.ReplaceAll(m[1]+m[2], "\n", " "))
		if err != nil {
			t.Fatal(err)
		}
		named := len(words) == 2 && words[1] != "doctor" // a verb that the text speaks of
		if slices.Contains(verbs, words[1]) && !named {
			commands = append(commands, words[1:])
		}
	}
	return commands
}

// aClass makes a course of unit 02 with three scenarios, and what the page speaks of beside
// it: two submissions, a right and a wrong one, a roster, a scenario that is kept private.
func aClass(t *testing.T) (dir string) {
	t.Helper()
	dir = copyCourse(t)
	const unit = "02-echo-once"
	scenarios, err := filepath.Glob(filepath.Join(dir, "testdata", unit, "*.txtar"))
	if err != nil || len(scenarios) < 4 {
		t.Fatalf("%d scenarios: %v", len(scenarios), err)
	}
	for _, file := range scenarios[3:] {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	for id, from := range map[string]string{"ada/main.go": "solutions/" + unit,
		"bob/" + unit + "/main.go": "testdata/" + unit + "/wrong/greet-first"} {
		text, err := os.ReadFile(filepath.Join(dir, from, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "submissions", id), string(text))
	}
	put(t, filepath.Join(dir, "class.csv"), "id,name\nada,Ada\nbob,Bob\n")
	put(t, filepath.Join(dir, "private", unit, "90-two-clients.txtar"),
		"# A line comes back.\nserve\ndial A\nsend A 'one\\n'\nrecv A 'one\\n'\n")
	return dir
}

// TestTerm does what the page for instructors says, in its order, with a tiny class:
// what it grades passes, a batch grades all, and what it names afterwards is there.
func TestTerm(t *testing.T) {
	dir := aClass(t)
	commands := onThePage(t, "doctor", "grade", "batch", "convert")
	if len(commands) < 8 {
		t.Fatalf("only %d commands were found", len(commands))
	}
	for _, words := range commands {
		status, stdout, stderr := course(t, dir, words...)
		if status != 0 && (words[0] != "doctor" || status != 1) { // a machine may lack something
			t.Fatalf("course %s: status %d\n%s%s", strings.Join(words, " "), status, stdout, stderr)
		}
		if words[0] == "batch" {
			data, err := os.ReadFile(filepath.Join(dir, "graded", "grades.csv"))
			if err != nil || !strings.Contains(string(data), "\nada,") || !strings.Contains(string(data), "\nbob,0,") {
				t.Errorf("course %s: %v\n%s", strings.Join(words, " "), err, data)
			}
		}
	}
	for _, file := range []string{"index.html", "review.csv", "details.csv", "changes.csv", "ada/report.html"} {
		if _, err := os.Stat(filepath.Join(dir, "graded", file)); err != nil {
			t.Error(err)
		}
	}
}
