//go:build !noevidence

package probe

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// timeout looks at every thread of the tree.
func timeout(root int) (soonest time.Duration, known bool) {
	s := take(root, nil)
	for i := 0; i < len(s.tasks); {
		n := i
		for n < len(s.tasks) && s.tasks[n].pid == s.tasks[i].pid {
			n++
		}
		d, ok := timeoutOf(s.tasks[i:n])
		if !ok {
			return 0, false
		}
		if d > 0 && (soonest == 0 || d < soonest) {
			soonest = d
		}
		i = n
	}
	return soonest, soonest > 0
}

// inClose looks at every thread of the tree.
func inClose(root int) bool {
	for _, t := range take(root, nil).tasks {
		if c, _, ok := t.call(programOf(t.pid)); ok && c.number == unix.SYS_CLOSE {
			return true
		}
	}
	return false
}

// timeoutOf does it for the threads of one process; 0 means that none of them
// has a timeout.
func timeoutOf(tasks []task) (soonest time.Duration, known bool) {
	exe, monitors := programOf(tasks[0].pid), 0
	for _, t := range tasks {
		switch t.wait(exe) {
		case running:
			return 0, false
		case sysmon:
			monitors++
		case timed:
			d, ok := t.timeout(exe)
			if !ok || d <= 0 {
				return 0, false
			}
			soonest = sooner(soonest, d)
		}
	}
	if monitors > 1 || monitors == 1 && !exe.golang {
		return 0, false
	}
	d, ok := timers(tasks[0].pid)
	return sooner(soonest, d), ok
}

// sooner is the shorter of two timeouts, of which 0 is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// timeout returns how long the system call of the thread waits at the most.
func (t task) timeout(exe program) (time.Duration, bool) {
	c, _, ok := t.call(exe)
	if !ok {
		return 0, false
	}
	w := c.wait()
	if w != received && w != sent {
		return c.timeout(t.pid)
	}
	return socketTimeout(t.pid, int(int32(c.args[0])), w)
}

// timers returns how long it takes until the first timer of a process fires, 0
// when none is set. Only those that have a descriptor say so, in
// /proc/PID/fdinfo: timerfd_create(2).
func timers(pid int) (soonest time.Duration, known bool) {
	dir := "/proc/" + strconv.Itoa(pid)
	var buf [8]byte
	if b, err := readFile(dir+"/timers", buf[:]); err == nil && len(b) > 0 {
		return 0, false
	}
	known = true
	err := eachLink(pid, func(fd string, link []byte) bool {
		switch string(link) {
		case "anon_inode:[io_uring]":
			known = false
		case "anon_inode:[timerfd]":
			var d time.Duration
			d, known = timerOf(dir + "/fdinfo/" + fd)
			soonest = sooner(soonest, d)
		}
		return known
	})
	if err != nil || !known {
		return 0, false
	}
	return soonest, true
}

// timerOf reads it_value, what is left of a timer, from the lines about its
// descriptor.
func timerOf(path string) (time.Duration, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	_, value, ok := strings.Cut(string(text), "it_value:")
	var seconds, nanoseconds int64
	if _, err := fmt.Sscanf(value, " (%d, %d)", &seconds, &nanoseconds); !ok || err != nil {
		return 0, false
	}
	return time.Duration(seconds)*time.Second + time.Duration(nanoseconds), true
}

func golang(pid int) bool { return programOf(pid).golang }
