package skeleton

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

// TestRename: a unit has its new name in all trees, and nothing in the course has the old
// one.
func TestRename(t *testing.T) {
	root := emptyCourse(t)
	if _, err := Write(root, "21-fan-out"); err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(root, "README.md"),
		"[Fan out](chapters/21-fan-out.md) ![x](chapters/pictures/21-x.svg)\n")
	trial.Write(t, filepath.Join(root, "chapters", "pictures", "21-x.svg"), "<svg/>")
	changed, err := Rename(root, "21-fan-out", "22-fan-in")
	if err != nil || !slices.Contains(changed, "README.md") {
		t.Fatalf("%v, %v", changed, err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil || string(text) != "[Fan out](chapters/22-fan-in.md) ![x](chapters/pictures/22-x.svg)\n" {
		t.Errorf("%v: %s", err, text)
	}
	if _, err := os.Stat(filepath.Join(root, "chapters", "pictures", "22-x.svg")); err != nil {
		t.Error(err)
	}
	for _, at := range []string{"chapters/22-fan-in.md", "exercises/22-fan-in/main.go", "solutions/22-fan-in/main.go",
		"testdata/22-fan-in/01-greeting.txtar"} {
		text, err := os.ReadFile(filepath.Join(root, at))
		if err != nil || strings.Contains(string(text), "21-fan-out") {
			t.Errorf("%s: %v\n%s", at, err, text)
		}
	}
	for _, to := range []string{"23", "../x", "22-Fan"} {
		if _, err := Rename(root, "22-fan-in", to); err == nil {
			t.Errorf("it can be called %q", to)
		}
	}
}

// TestRemove: what is left of a unit is named, and is nothing but words about it.
func TestRemove(t *testing.T) {
	root := emptyCourse(t)
	for _, unit := range []string{"21-fan-out", "22-stays"} {
		if _, err := Write(root, unit); err != nil {
			t.Fatal(err)
		}
	}
	trial.Write(t, filepath.Join(root, "README.md"), "[Fan out](chapters/21-fan-out.md)\n")
	removed, left, err := Remove(root, "21-fan-out")
	if err != nil || len(removed) != 4 || strings.Join(left, " ") != "README.md" {
		t.Errorf("removed %v, left %v, %v", removed, left, err)
	}
	if _, err := os.Stat(filepath.Join(root, "solutions", "22-stays", "main.go")); err != nil {
		t.Error(err)
	}
	if _, _, err := Remove(root, "21-fan-out"); err == nil {
		t.Error("it could be removed twice")
	}
}
