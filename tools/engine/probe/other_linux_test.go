package probe

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program whose file was built once more, and replaced, is the same program; one that
// has become another by execve(2) is not.
func TestIsOther(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	bytesOf := func(data []byte) func() ([]byte, error) { return func() ([]byte, error) { return data, nil } }
	dir := t.TempDir()
	file, again := filepath.Join(dir, "program"), filepath.Join(dir, "again")
	for _, name := range []string{file, again} {
		if err := os.WriteFile(name, exe, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(file, "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	pid := cmd.Process.Pid
	if IsOther(pid, file, bytesOf(exe)) {
		t.Error("it executes its file")
	}
	if err := os.Rename(again, file); err != nil {
		t.Fatal(err)
	}
	if IsOther(pid, file, bytesOf(exe)) {
		t.Error("the file was replaced by the same program")
	}
	if !IsOther(pid, file, bytesOf([]byte("another program"))) {
		t.Error("it is another program than the one that was built")
	}
}
