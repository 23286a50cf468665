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
	trial.Write(t, filepath.Join(root, "chapters", "de", "21-fan-out.md"), "[Fan out](../21-fan-out.md)\n")
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
	for _, at := range []string{"chapters/22-fan-in.md", "chapters/de/22-fan-in.md", "exercises/22-fan-in/main.go",
		"solutions/22-fan-in/main.go", "testdata/22-fan-in/01-greeting.txtar"} {
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
	trial.Write(t, filepath.Join(root, "chapters", "de", "21-fan-out.md"), "# Verteilen\n")
	removed, left, err := Remove(root, "21-fan-out")
	if err != nil || len(removed) != 5 || strings.Join(left, " ") != "README.md" {
		t.Errorf("removed %v, left %v, %v", removed, left, err)
	}
	if _, err := os.Stat(filepath.Join(root, "solutions", "22-stays", "main.go")); err != nil {
		t.Error(err)
	}
	if _, _, err := Remove(root, "21-fan-out"); err == nil {
		t.Error("it could be removed twice")
	}
}

// TestRenameScenario: a scenario gets another name wherever it is named, and others make room.
func TestRenameScenario(t *testing.T) {
	root := emptyCourse(t)
	if _, err := Write(root, "21-fan-out"); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "testdata", "21-fan-out")
	for _, id := range []string{"40-at-most", "41-more", "43-far"} {
		trial.Write(t, filepath.Join(dir, id+".txtar"), "# A rule.\n# needs 40-at-most\nserve\n")
	}
	trial.Write(t, filepath.Join(root, "testdata", "elsewhere", "caught.txt"),
		"21-fan-out/a-program 40-at-most silence\n22-other/a-program 40-at-most silence\n")
	trial.Write(t, filepath.Join(root, "README.md"), "run 21 40-at-most, run 22 40-at-most, 21-fan-out/41-more\n")
	trial.Write(t, filepath.Join(root, "testdata", "22-other", "01-a.txtar"), "# as 21-fan-out/40-at-most\n")
	trial.Write(t, filepath.Join(dir, "wrong", "a", "main.go"),
		"// Caught by: 40-at-most (silence).\n"+
			"// Not 140-at-most, nor 40-at-most-of-all, nor 22-other/40-at-most.\npackage main\n")
	if _, err := RenameScenario(root, "21-fan-out", "40-at-most", "41-at-most"); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"testdata/21-fan-out/41-at-most.txtar": "# A rule.\n# needs 41-at-most\nserve\n",
		"testdata/21-fan-out/42-more.txtar":    "# A rule.\n# needs 41-at-most\nserve\n",
		"testdata/21-fan-out/43-far.txtar":     "# A rule.\n# needs 41-at-most\nserve\n",
		"testdata/elsewhere/caught.txt": "21-fan-out/a-program 41-at-most silence\n" +
			"22-other/a-program 40-at-most silence\n",
		"README.md":                    "run 21 41-at-most, run 22 40-at-most, 21-fan-out/42-more\n",
		"testdata/22-other/01-a.txtar": "# as 21-fan-out/41-at-most\n",
		"testdata/21-fan-out/wrong/a/main.go": "// Caught by: 41-at-most (silence).\n" +
			"// Not 140-at-most, nor 40-at-most-of-all, nor 22-other/40-at-most.\npackage main\n",
	} {
		if text, err := os.ReadFile(filepath.Join(root, at)); err != nil || string(text) != want {
			t.Errorf("%s: %v\n%s", at, err, text)
		}
	}
	left, err := RemoveScenario(root, "21-fan-out", "41-at-most")
	want := []string{"README.md", "testdata/21-fan-out/42-more.txtar", "testdata/21-fan-out/43-far.txtar",
		"testdata/21-fan-out/wrong/a/main.go", "testdata/22-other/01-a.txtar", "testdata/elsewhere/caught.txt"}
	if err != nil || !slices.Equal(left, want) {
		t.Errorf("41-at-most is still named in %q, want %q (%v)", left, want, err)
	}
	if _, err := RemoveScenario(root, "21-fan-out", "41-at-most"); err == nil {
		t.Error("a scenario is removed twice")
	}
	for _, c := range [][2]string{{"40-at-most", "45-x"}, {"41-at-most", "x"}, {"41-at-most", "../x"}} {
		if _, err := RenameScenario(root, "21-fan-out", c[0], c[1]); err == nil {
			t.Errorf("%s can be called %q", c[0], c[1])
		}
	}
}
