// Package trial makes small courses in temporary folders, for tests.
package trial

import (
	"os"
	"path/filepath"
	"testing"
)

// Course makes the root of a course in a temporary folder. Files are given by
// their path below testdata.
func Course(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	Write(t, filepath.Join(root, "go.mod"), "module course\n\ngo 1.26.0\n")
	for name, text := range files {
		Write(t, filepath.Join(root, "testdata", filepath.FromSlash(name)), text)
	}
	return root
}

// Write writes a file, and the folders above it.
func Write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
