//go:build unix

package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// dig makes a folder in a folder, and so on, in dir.
func dig(t *testing.T, dir string, depth int) {
	t.Helper()
	at, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	for n := 0; n < depth && err == nil; n++ {
		if err = unix.Mkdirat(at, "d", 0o700); err == nil {
			var next int
			next, err = unix.Openat(at, "d", unix.O_RDONLY|unix.O_DIRECTORY, 0)
			unix.Close(at)
			at = next
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(at)
}

// TestRemoveAll: what a program has made of its folder goes, and what its links lead to
// stays.
func TestRemoveAll(t *testing.T) {
	top := t.TempDir()
	other, dir := filepath.Join(top, "other"), filepath.Join(top, "own")
	if err := os.MkdirAll(filepath.Join(other, "kept"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	dig(t, dir, 5000) // a path of 10,000 bytes: no call takes one
	for i := range 3000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(other, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shut/shut/shut", ".1.moved-up/x/y", "z/.1.moved-up/x"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"shut/shut", "shut", "."} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	RemoveAll(dir)
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	if !IsDir(filepath.Join(other, "kept")) {
		t.Error("what a link led to is gone")
	}
	RemoveAll(dir) // it is gone already
}
