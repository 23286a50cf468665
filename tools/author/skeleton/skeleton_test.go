package skeleton

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/author/laws"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// emptyCourse returns the root of a course without units that builds: the
// module is this one.
func emptyCourse(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module loopback\n\ngo 1.26.0\n", "testdata/.keep": ""} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// A new unit keeps all laws but those that ask for more programs; its stub is
// untouched and its solution passes.
func TestWrite(t *testing.T) {
	root := emptyCourse(t)
	files, err := Write(root, "21-fan-out")
	if err != nil || len(files) != len(templates) {
		t.Fatal(files, err)
	}
	for _, p := range laws.Check(t.Context(), root, "21-fan-out", laws.Options{}) {
		if !strings.Contains(p.String(), "a unit needs at least") &&
			!strings.Contains(p.String(), "no wrong program of the unit fails this scenario") {
			t.Error(p)
		}
	}
	u, err := scenario.LoadUnit(root, "21-fan-out")
	if err != nil {
		t.Fatal(err)
	}
	for tree, want := range map[string]string{"solutions": "21-fan-out: 1 of 1",
		"exercises": "21-fan-out: not started"} {
		r, err := grade.GradeFolder(t.Context(), u, filepath.Join(root, tree, u.Name), false, grade.Options{})
		if err != nil || !strings.HasPrefix(r.Text(), want) {
			t.Errorf("%s: %v\n%s", tree, err, r.Text())
		}
	}
}

// Nothing is written over, and nothing is written by halves.
func TestNotWritten(t *testing.T) {
	for name, want := range map[string]string{
		"fan-out":     "a unit is named NN-slug",
		"21-Fan":      "a unit is named NN-slug",
		"../21-fan":   "a unit is named NN-slug",
		"21-another":  "the number 21 is taken by 21-fan-out",
		"22-existing": "solutions/22-existing/main.go is there already",
	} {
		root := emptyCourse(t)
		if _, err := Write(root, "21-fan-out"); err != nil {
			t.Fatal(err)
		}
		os.MkdirAll(filepath.Join(root, "solutions", "22-existing"), 0o755)
		os.WriteFile(filepath.Join(root, "solutions", "22-existing", "main.go"), []byte("mine"), 0o644)
		if _, err := Write(root, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		if _, err := os.Stat(filepath.Join(root, "chapters", name+".md")); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}
