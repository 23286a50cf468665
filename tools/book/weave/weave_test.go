package weave

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBook checks this repository's own chapters. A problem that it prints has
// a file and a line to mend.
func TestBook(t *testing.T) {
	for _, p := range Check("../../..") {
		t.Error(p)
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		Check("../../..")
	}
}

// TestTiny checks that the tiny course, into which the other tests put their
// errors, has none of its own, and that there is nothing in it to write anew.
func TestTiny(t *testing.T) {
	root := copyTiny(t)
	for _, p := range Check(root) {
		t.Error(p)
	}
	changed, err := Fix(root)
	if err != nil || len(changed) > 0 {
		t.Errorf("Fix = %v, %v; want nothing to fix", changed, err)
	}
}

// TestFix checks that what Fix writes is what Check wants, and that it leaves
// all else as it was.
func TestFix(t *testing.T) {
	root := copyTiny(t)
	change(t, root, "solutions/00-hello/main.go", `"hello\n"`, `"good day\n"`)
	change(t, root, "testdata/00-hello/01-greets.txtar", `hello\n`, `good day\n`)
	change(t, root, "testdata/00-hello/wrong/no-newline/report.txt", "FAIL", "fail")
	change(t, root, "chapters/words.md", "# Words", "# More words")
	change(t, root, "chapters/00-hello.md", "out.Flush()", "out.Flash()")

	changed, err := Fix(root)
	want := "chapters/00-hello.md chapters/01-twice.md chapters/SUMMARY.md"
	if got := strings.Join(changed, " "); err != nil || got != want {
		t.Errorf("Fix = %s, %v; want %s", got, err, want)
	}
	ps := Check(root)
	if len(ps) != 1 || !strings.Contains(ps[0].Text, "these lines are not in") {
		t.Errorf("after Fix: %v; want the part alone, which Fix must not touch", ps)
	}
}

// copyTiny copies the tiny course to a folder that a test may change.
func copyTiny(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	if err := os.CopyFS(root, os.DirFS("testdata/tiny")); err != nil {
		t.Fatal(err)
	}
	return root
}

// change replaces what occurs in a file, the first time that it does. An old
// text "" stands for the end of the file, which may be new.
func change(t *testing.T, root, file, old, new string) {
	t.Helper()
	name := filepath.Join(root, filepath.FromSlash(file))
	data, err := os.ReadFile(name)
	if err != nil && old != "" {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not contain %q", file, old)
	}
	if old == "" {
		text += new
	} else {
		text = strings.Replace(text, old, new, 1)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
