package machines

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cloned are the parts of the course that a clone needs for its first unit.
var cloned = []string{"go.mod", "go.sum", "tools", "chapters/00-setup.md", "exercises/00-setup",
	"solutions/00-setup", "testdata/00-setup"}

// cloneOf copies a part of the course to a folder with a name of many letters, and
// gives all lines the ends that they have on Windows.
func cloneOf(t *testing.T, root string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "Übung mit Löchern", "loop back")
	for _, part := range cloned {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			rel, _ := filepath.Rel(root, path)
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, rel)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readOnly is a command that finds the course on a file system on which nothing can be
// written.
var readOnly = []string{"unshare", "-rm", "sh", "-ec",
	`mount --bind "$ROOT" "$ROOT"; mount -o remount,bind,ro "$ROOT"; cd "$ROOT"; exec "$@"`, "sh"}

// TestClone: a clone may lie in any folder, be read-only, have no .git, and lines that
// end as on Windows. Go test says there what it says here.
func TestClone(t *testing.T) {
	try := newTrying(t)
	dir := cloneOf(t, try.root)
	for _, m := range []machine{
		{name: "go test of a reference", goTest: "./solutions/00-setup",
			says: []string{"ok loopback/solutions/00-setup"}},
		{name: "go test of an exercise", goTest: "./exercises/00-setup", exit: 1,
			says: []string{"00-setup: not started"}},
		{name: "course grade", says: []string{"00-setup: 2 of 2"}},
	} {
		t.Run(m.name, func(t *testing.T) {
			m.root, m.under = dir, readOnly
			tried(t, try, m)
		})
	}
}

// TestGoTest: what the go command runs itself says what the machine lacks, too.
func TestGoTest(t *testing.T) {
	try := newTrying(t)
	const package00 = "./solutions/00-setup"
	for _, m := range []machine{
		{name: "TMPDIR is noexec, GOTMPDIR is not", under: onDisk("noexec"), env: []string{"GOTMPDIR=" + t.TempDir()},
			exit: 1,
			says: []string{"no program may be run from", "set the variable TMPDIR"}},
		{name: "32 open files", under: []string{"prlimit", "--nofile=32:32"}},
		{name: "no netlink", under: inNet("", filtered("netlink")...)},
		{name: "variables of the go command", env: []string{"GOFLAGS=-mod=mod -v"}, says: []string{"PASS"}},
	} {
		t.Run(m.name, func(t *testing.T) {
			m.goTest = package00
			tried(t, try, m)
		})
	}
}

// tried runs on a machine, and looks at how it ends and what is said.
func tried(t *testing.T, try *trying, m machine) (out string) {
	t.Helper()
	out, status := try.run(t, m)
	if status != m.exit {
		t.Fatalf("status %d, want %d:\n%s", status, m.exit, out)
	}
	for _, says := range m.says {
		if !strings.Contains(unfolded(out), says) {
			t.Errorf("it does not say %q:\n%s", says, out)
		}
	}
	return out
}
