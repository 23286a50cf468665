//go:build unix

package grade

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/base/trial"
	"loopback/tools/engine/build"
	"loopback/tools/engine/probe"
)

// slowCompiler stands in for go: it writes half an executable, starts a linker,
// says so, and waits for it.
const slowCompiler = `#!/bin/sh
printf half >"$3"
sleep 600 &
echo $! >"$GOTMPDIR/linker"
mv "$GOTMPDIR/linker" "$STARTED"
wait
`

// A build that nobody wants any more is ended, with what the compiler has
// started, and leaves no half-written executable.
func TestBuildCancelled(t *testing.T) {
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"})
	folder := filepath.Join(root, "program")
	trial.Write(t, filepath.Join(folder, "main.go"), "package main\n\n// "+t.TempDir()+"\nfunc main() {}\n")
	bin, tmp, started := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "started")
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(slowCompiler), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("TMPDIR", tmp)
	t.Setenv("STARTED", started)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		awaitFile(started)
		cancel()
	}()
	out, err := build.Alone(ctx, root, folder, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Build: %v; want %v", err, context.Canceled)
	}
	if found, err := filepath.Glob(out + "*"); err != nil || len(found) > 0 {
		t.Errorf("left behind: %v, %v", found, err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("temporary files left behind: %v, %v", left, err)
	}
	if pid := awaitFile(started); !endedSoon(pid) {
		t.Errorf("the linker, process %d, still runs", pid)
	}
}

// soon is how long this test waits at the most.
const soon = 30 * time.Second

// awaitFile returns the number in a file, or 0 when it does not come.
func awaitFile(name string) int {
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if data, err := os.ReadFile(name); err == nil {
			pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
			return pid
		}
	}
	return 0
}

// endedSoon reports whether a process ends within the bound.
func endedSoon(pid int) bool {
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if unix.Kill(pid, 0) == unix.ESRCH || probe.Look(pid).State == probe.Gone { // a zombie has ended
			return true
		}
	}
	return false
}
