//go:build unix

package burner

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A process is stopped, goes on, is stopped again, and runs when there is no more of it.
func TestStall(t *testing.T) {
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		t.Fatal("cat does not start: ", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { Stall(ctx, cmd.Process, 1); close(over) }()
	for _, want := range []int{unix.WUNTRACED, unix.WCONTINUED, unix.WUNTRACED} {
		if changed(t, cmd.Process.Pid, want) != want {
			t.Errorf("the process is not what it should be: %#x", want)
		}
	}
	stop()
	<-over
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("cat, which runs again: %v", err)
	}
}

// changed waits until a child has stopped or goes on, and says which.
func changed(t *testing.T, pid, which int) int {
	t.Helper()
	var status unix.WaitStatus
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		switch got, err := unix.Wait4(pid, &status, which, nil); {
		case err == unix.EINTR:
		case err != nil || got != pid:
			t.Fatal(os.NewSyscallError("wait4", err))
		case status.Stopped():
			return unix.WUNTRACED
		case status.Continued():
			return unix.WCONTINUED
		}
	}
	return 0
}
