package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// helpLook prints which of the files and folders it can read, each by its last name.
func helpLook(args []string) {
	for _, path := range args {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if _, err := f.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "directory") {
			fmt.Println(filepath.Base(path))
		}
		f.Close()
	}
}

// What is concealed cannot be read, by whichever name; all beside it can.
func TestConceal(t *testing.T) {
	if !Conceals() {
		t.Skip("this kernel has no Landlock, or it is not switched on")
	}
	t.Cleanup(func() { concealed.paths = nil })
	dir := t.TempDir()
	private, beside := filepath.Join(dir, "private"), filepath.Join(dir, "beside")
	secret, known := filepath.Join(private, "deep", "secret"), filepath.Join(beside, "deep", "known")
	for _, file := range []string{secret, known, filepath.Join(dir, "file"), filepath.Join(dir, "one")} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(private, link); err != nil {
		t.Fatal(err)
	}
	Conceal(link, filepath.Join(dir, "one"), filepath.Join(dir, "nothing"))
	o := options("look", secret, filepath.Join(link, "deep", "secret"), "/proc/self/root"+secret, private, link,
		filepath.Join(dir, "one"), known, beside, filepath.Join(dir, "file"), "/dev/zero", "/proc/self/stat", ".",
		"/etc/hosts")
	o.Dir = t.TempDir() // made since
	o.Room = o.Dir
	if got, want := output(t, o), "known\nbeside\nfile\nzero\nstat\n.\nhosts\n"; got != want {
		t.Errorf("the program can read\n%s\nwant\n%s", got, want)
	}
	o.Room = ""
	if got := output(t, o); !strings.HasPrefix(got, "secret\nsecret\nsecret\nprivate\n") {
		t.Errorf("one without a room can read\n%s", got)
	}
}
