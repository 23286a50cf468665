package process

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// number returns the process ID in "ready PID".
func number(t *testing.T, line string) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimPrefix(line, "ready "))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// awaitEnd waits until the process of a pidfd has ended.
func awaitEnd(t *testing.T, pidfd int) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, 30_000)
		if err == unix.EINTR {
			continue
		}
		if n != 1 {
			t.Errorf("the process does not end: %v", err)
		}
		return
	}
}

// dead checks that there is no such process, not even a zombie.
func dead(t *testing.T, pid int) {
	t.Helper()
	if e, ok := readEntry(pid); ok {
		t.Errorf("process %d is there, in state %c", pid, e.state)
	}
}

// A grandchild in the same group that keeps standard output open.
func TestGrandchildKeepsOutput(t *testing.T) {
	p := startReady(t, shell(`sleep 1000 & echo "ready $!"`), 1)
	if status := ended(t, p); status.Code != 0 {
		t.Errorf("ended with %v", status)
	}
	line, _ := p.Stdout().FirstLine()
	pid := number(t, line)
	strays := p.End()
	// Its command is the shell's until it has come to its exec, in which there are
	// no arguments for a moment: then it is [sh], and after that [sleep].
	if len(strays) != 1 || strays[0].PID != pid || !strings.Contains(strays[0].Command, "sleep") &&
		strays[0].Command != "[sh]" {
		t.Errorf("strays %v, want process %d", strays, pid)
	}
	dead(t, pid)
	gone(t, p)
}

// A daemon: in its own session, its parent gone.
func TestDaemon(t *testing.T) {
	for _, kind := range []string{"plain", "clean"} {
		if kind == "clean" && !branded {
			continue // nothing tells it from a command of os/exec
		}
		p := startReady(t, options("daemon", kind), 1)
		ended(t, p)
		line, _ := p.Stdout().FirstLine()
		pid := number(t, line)
		strays := p.End()
		if len(strays) != 1 || strays[0] != (Stray{pid, helperName + "sleep"}) {
			t.Errorf("%s: strays %v, want process %d", kind, strays, pid)
		}
		dead(t, pid)
		gone(t, p)
	}
}

// A program that still runs has detached a process, and has another one that
// is nothing to speak of.
func TestDetachedWhileRunning(t *testing.T) {
	p := startReady(t, options("daemon", "live"), 1)
	line, _ := p.Stdout().FirstLine()
	pid := number(t, line)
	if strays := p.End(); len(strays) != 1 || strays[0].PID != pid {
		t.Errorf("strays %v, want process %d", strays, pid)
	}
	dead(t, pid)

	p = startReady(t, shell(`sleep 1000 & echo "ready $!"; wait`), 1)
	line, _ = p.Stdout().FirstLine()
	if strays := p.End(); len(strays) > 0 {
		t.Errorf("strays %v; the child was not detached", strays)
	}
	dead(t, number(t, line))
	gone(t, p)
}

// A daemon without any mark is nobody's while two programs are open. It is
// ended with the last of them, and Sweep tells of it.
func TestUnknownDaemon(t *testing.T) {
	first := startReady(t, shell("echo ready; read line"), 1)
	second := startReady(t, options("daemon", "clean"), 1)
	ended(t, second)
	line, _ := second.Stdout().FirstLine()
	pid := number(t, line)
	if branded {
		if strays := second.End(); len(strays) > 0 {
			t.Errorf("strays %v, but who knows whose", strays)
		}
		if e, ok := readEntry(pid); !ok || e.zombie() {
			t.Error("a process that might be another program's was ended")
		}
		ended(t, first)
		if strays := first.End(); len(strays) > 0 {
			t.Errorf("strays %v, but who knows whose", strays)
		}
		dead(t, pid)
	}
	if strays := Sweep(); len(strays) != 1 || strays[0].PID != pid {
		t.Errorf("Sweep: strays %v, want process %d", strays, pid)
	}
	dead(t, pid)
	if strays := Sweep(); len(strays) > 0 {
		t.Errorf("strays %v the second time", strays)
	}
}

// Two that are ended at the same time are both the last: neither waits for the other to
// end a daemon without any mark.
func TestTwoEndTogether(t *testing.T) {
	first := startReady(t, shell("echo ready; read line"), 1)
	second := startReady(t, options("daemon", "clean"), 1)
	ended(t, second)
	line, _ := second.Stdout().FirstLine()
	family.mu.Lock()
	first.ending = true // as in its End, which has not come to its end
	family.mu.Unlock()
	second.End()
	if branded { // otherwise nothing tells it from a command of os/exec
		dead(t, number(t, line))
	}
	first.End()
	if strays := Sweep(); len(strays) != 1 {
		t.Errorf("Sweep: strays %v, want the daemon once", strays)
	}
}

// Sweep ends what End has not been called for.
func TestSweepEndsAll(t *testing.T) {
	p := startReady(t, options("daemon", "plain"), 1)
	q := startReady(t, options("sleep"), 1)
	ended(t, p)
	if strays := Sweep(); len(strays) != 1 {
		t.Errorf("strays %v", strays)
	}
	if status, ok := q.Status(); !ok || status.Signal != "SIGKILL" {
		t.Errorf("%v, %v", status, ok)
	}
	gone(t, p)
	gone(t, q)
}

// Many processes, each in a session of its own.
func TestTree(t *testing.T) {
	p := startReady(t, options("tree", "4"), 31)
	if strays := p.End(); len(strays) != 30 {
		t.Errorf("%d strays, want 30", len(strays))
	}
	gone(t, p)
}

// A process that is another one every few milliseconds.
func TestHop(t *testing.T) {
	start(t, shell("exit 0")).End() // decides whether there is a brand
	if !branded {
		t.Skip("only the brand tells that one was missed")
	}
	p := startReady(t, options("hop", "2000"), 2)
	ended(t, p)
	if strays := p.End(); len(strays) == 0 {
		t.Error("no strays")
	}
	gone(t, p)
	if bytes := p.Stdout().Bytes(); strings.Contains(string(bytes), "end") {
		t.Errorf("it ended by itself: %q", bytes)
	}
}

// Orphans that end are reaped while the program runs.
func TestOrphansAreReaped(t *testing.T) {
	p := startReady(t, options("orphans"), 1)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := 0 // alive or dead
		for _, e := range readEntries() {
			if e.ppid == os.Getpid() && e.pgrp == p.PID() && e.pid != p.PID() {
				left++
			}
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d orphans are left", left)
		}
	}
	if strays := p.End(); len(strays) > 0 {
		t.Errorf("strays %v", strays)
	}
	gone(t, p)
}
