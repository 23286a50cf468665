//go:build !noevidence

package probe

import (
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() { roles["vfork"], roles["sealed"] = vforks, seals }

// vforks waits as vfork(2) makes it for a child that never ends.
func vforks() {
	announce("")
	pid, _, _ := unix.RawSyscall(unix.SYS_CLONE, unix.CLONE_VFORK|uintptr(unix.SIGCHLD), 0, 0)
	for pid == 0 {
		unix.RawSyscall(unix.SYS_PPOLL, 0, 0, 0)
	}
}

// seals keeps its own user from looking into it.
func seals() {
	unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	announce("")
	io.Copy(io.Discard, os.Stdin)
}

// TestLookVfork: the kernel does not call it sleep when a thread waits for what vfork(2) has
// started, and it is. What is left to move is the monitor of Go's runtime.
func TestLookVfork(t *testing.T) {
	if !hasCalls {
		t.Skip("the system calls of this processor are not listed")
	}
	c := start(t, "vfork", true)
	defer func() { // its child does not end with it
		for _, pid := range Look(c.pid()).PIDs {
			unix.Kill(pid, unix.SIGKILL)
		}
	}()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if a := Look(c.pid()); len(a.PIDs) == 2 && (a.State == Timed || a.State == Asleep) {
			return
		}
	}
	t.Errorf("it is never seen asleep: %+v", Look(c.pid()))
}

// TestHides: a program that keeps its own user from looking into it is known by that, and no
// other is. Root sees it all the same.
func TestHides(t *testing.T) {
	c := start(t, "read", false)
	if how := Hides([]int{c.pid()}); how != "" {
		t.Errorf("it hides nothing, and %s", how)
	}
	c = start(t, "sealed", true)
	if how := Hides([]int{c.pid()}); (how != "") != isHidden(c.pid()) || how == "" && os.Geteuid() != 0 {
		t.Errorf("it hides, and that is known by %q", how)
	}
}
