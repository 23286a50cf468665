//go:build unix

package burner

import (
	"context"
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

// changed waits until a child has stopped or goes on, for a minute at most, and returns
// which of the two it was, or 0.
func changed(t *testing.T, pid, which int) int {
	t.Helper()
	status := make(chan unix.WaitStatus, 1)
	go func() {
		var s unix.WaitStatus
		for {
			if _, err := unix.Wait4(pid, &s, which, nil); err != unix.EINTR {
				break
			}
		}
		status <- s
	}()
	select {
	case s := <-status:
		switch {
		case s.Stopped():
			return unix.WUNTRACED
		case s.Continued():
			return unix.WCONTINUED
		}
	case <-time.After(time.Minute):
	}
	return 0
}
