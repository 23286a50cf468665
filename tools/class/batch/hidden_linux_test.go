package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/screen"
	"loopback/tools/base/trial"
	"loopback/tools/class/sheet"
)

// readsAll looks for the text of scenarios wherever it can, and prints what it
// finds in the place of an announcement.
const readsAll = `package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	with := strings.Join([]string{"WITH", "A", ""}, "-") // not in the executable
	var found []string
	for _, top := range []string{LOOK, "/proc/1/fd", "/proc/1/cwd", os.Getenv("HOME") + "/../..", os.TempDir()} {
		filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if data, _ := os.ReadFile(path); strings.Contains(string(data), with) {
					found = append(found, path)
				}
			}
			return nil
		})
	}
	fmt.Println("found", len(found), found)
}
`

// TestOwnScenario: when the solution does not pass a hidden scenario, that one is named as the
// cause, with the command that shows it; how many there are is said first.
func TestOwnScenario(t *testing.T) {
	o := class(t)
	o.Hidden, o.Out, o.Only = t.TempDir(), filepath.Join(t.TempDir(), "out"), []string{"a-solution"}
	file := filepath.Join(o.Hidden, "02", "90-typo.txtar")
	trial.Write(t, file, "# A rule.\nserve\ndial A\nsend A\n")
	trial.Write(t, filepath.Join(o.Root, "solutions", unit, "main.go"), right(t))
	var said strings.Builder
	o.Screen = screen.New(&said)
	_, err := Run(t.Context(), o)
	for _, text := range []string{file + ":4: too few arguments", "that is a scenario of your own",
		"course run 02 90-typo --solution --hidden " + o.Hidden} {
		if !errors.Is(err, ErrMachine) || !strings.Contains(err.Error(), text) {
			t.Errorf("no %q: %v", text, err)
		}
	}
	if !strings.Contains(said.String(), "1 hidden scenario for "+unit+"\n") {
		t.Errorf("said:\n%s", said.String())
	}
}

// TestHidden: a program in a box can read no scenarios, hidden or not, and the page that a
// learner gets tells nothing of the hidden ones.
func TestHidden(t *testing.T) {
	needsClosed(t)
	o := class(t)
	o.Hidden, o.Out, o.Only = t.TempDir(), filepath.Join(t.TempDir(), "out"), []string{"a-solution", "m-reads"}
	trial.Write(t, filepath.Join(o.Hidden, unit, "90-private.txtar"),
		"# A rule WITH-A-SECRET.\nserve\ndial A\nsend A 'one\\n'\nrecv A 'another\\n'\n")
	first := filepath.Join(o.Root, "testdata", unit, "01-comes-and-goes.txtar")
	script, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	trial.Write(t, first, string(script)+"# WITH-A-REMARK\n")
	look := fmt.Sprintf("%q, %q, %q", o.Hidden, o.Root, o.Out)
	trial.Write(t, filepath.Join(o.Dir, "m-reads", "main.go"), strings.ReplaceAll(readsAll, "LOOK", look))
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, id := range o.Only {
		data, err := os.ReadFile(sheet.ResultFile(o.Out, id, unit))
		if err != nil || !strings.Contains(string(data), "WITH-A-SECRET") {
			t.Errorf("%s: the canonical result does not have the rule: %v\n%s", id, err, data)
		}
		page, err := os.ReadFile(filepath.Join(o.Out, id, "report.html"))
		if err != nil || strings.Contains(string(page), "SECRET") || !strings.Contains(string(page), "90-private") {
			t.Errorf("%s: the page: %v\n%s", id, err, page)
		}
		if id == "m-reads" && !strings.Contains(string(page), "found 0") {
			t.Errorf("it has found something:\n%s", page)
		}
	}
}
