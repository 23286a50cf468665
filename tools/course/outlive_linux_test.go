package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// When the process that grades is killed there is a result, which says so.
func TestGraderKilled(t *testing.T) {
	dir := copyCourse(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	out := filepath.Join(t.TempDir(), "result.json")
	cmd := exec.CommandContext(t.Context(), exe, "grade", "00", "--dir", "solutions/00-setup", "--format", "json",
		"--out", out)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), asCourse+"=1", "TMPDIR="+tmp)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killInside(t, cmd.Process.Pid)
	cmd.Wait()
	var r struct{ Status, Reason string }
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() != cannot || r.Status != "could_not_grade" || !strings.Contains(r.Reason, "killed") {
		t.Errorf("%v, %+v", cmd.ProcessState, r)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// killInside kills the process that grades for parent as soon as there is one.
func killInside(t *testing.T, parent int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		children, _ := filepath.Glob("/proc/" + strconv.Itoa(parent) + "/task/*/children")
		for _, file := range children {
			data, _ := os.ReadFile(file)
			for _, f := range strings.Fields(string(data)) {
				line, _ := os.ReadFile("/proc/" + f + "/cmdline")
				pid, _ := strconv.Atoi(f)
				if bytes.Contains(line, []byte("\x00--inside\x00")) && syscall.Kill(pid, syscall.SIGKILL) == nil {
					return
				}
			}
		}
	}
	t.Fatal("no process grades")
}
