package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
	"loopback/tools/class/sheet"
)

// readsAll looks for the text of a scenario wherever it can, and prints what it
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
	secret := strings.Join([]string{"WITH", "A", "SECRET"}, "-") // not in the executable
	var found []string
	for _, top := range []string{"LOOK", "/proc/1/fd", "/proc/1/cwd", os.Getenv("HOME") + "/../.."} {
		filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if data, _ := os.ReadFile(path); strings.Contains(string(data), secret) {
					found = append(found, path)
				}
			}
			return nil
		})
	}
	fmt.Println("found", len(found), found)
}
`

// TestHidden: a program in a box cannot read hidden scenarios, and the page that a
// learner gets tells nothing of them.
func TestHidden(t *testing.T) {
	needsClosed(t)
	o := class(t)
	o.Hidden, o.Out, o.Only = t.TempDir(), filepath.Join(t.TempDir(), "out"), []string{"a-solution", "m-reads"}
	trial.Write(t, filepath.Join(o.Hidden, unit, "90-private.txtar"),
		"# A rule WITH-A-SECRET.\nserve\ndial A\nsend A 'one\\n'\nrecv A 'another\\n'\n")
	trial.Write(t, filepath.Join(o.Dir, "m-reads", "main.go"), strings.ReplaceAll(readsAll, "LOOK", o.Hidden))
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
