//go:build !noevidence

package probe

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A wait says how a sleeping thread will come to run again.
type wait int

const (
	timed    wait = iota // by a timer, or we cannot tell
	untimed              // by an event only
	sysmon               // by a timed futex, which may be the Go runtime's monitor
	running              // it runs already
	received             // by an event on descriptor args[0], or its receive timeout
	sent                 // by an event on descriptor args[0], or its send timeout
)

// A call is a system call that a thread sleeps in, with its arguments.
type call struct {
	number int
	args   [6]uint64
}

// prospect says what can wake a program whose threads all sleep: Timed, Asleep,
// or Moving when one of them has begun to run.
func (s snapshot) prospect() State {
	state := Asleep
	for i := 0; i < len(s.tasks); {
		n := i
		for n < len(s.tasks) && s.tasks[n].pid == s.tasks[i].pid {
			n++
		}
		switch prospect(s.tasks[i:n]) {
		case Moving:
			return Moving
		case Timed:
			state = Timed
		}
		i = n
	}
	return state
}

// prospect does it for the threads of one process.
func prospect(tasks []task) State {
	state, monitors := Asleep, 0
	var exe program
	for i, t := range tasks {
		if t.stopped() {
			continue // only SIGCONT moves it
		}
		if i == 0 || exe == (program{}) {
			exe = programOf(t.pid)
		}
		switch t.wait(exe) {
		case running:
			return Moving
		case timed:
			state = Timed
		case sysmon:
			monitors++
		}
	}
	// Go's monitor thread sleeps a minute at a time while all others wait. What
	// it then does, the program cannot notice.
	if monitors > 1 || monitors == 1 && !exe.golang {
		state = Timed
	}
	if state == Asleep && (awaitsAlarm(tasks, exe) || hasTimer(tasks[0].pid)) {
		state = Timed
	}
	return state
}

// wait reads and judges the system call that the thread sleeps in.
func (t task) wait(exe program) wait {
	c, w, ok := t.call(exe)
	if !ok {
		return w
	}
	switch w := c.wait(); w {
	case received, sent:
		return socketWait(t.pid, int(int32(c.args[0])), w)
	default:
		return w
	}
}

// call reads the system call that the thread sleeps in. When it is not known w
// says what is.
func (t task) call(exe program) (c call, w wait, ok bool) {
	var buf [256]byte
	b, err := t.read("syscall", buf[:])
	switch {
	case err == unix.ENOENT || err == unix.ESRCH:
		if !readableCalls() {
			return c, timed, false
		}
		return c, running, false // it has ended in the meantime
	case err != nil:
		return c, timed, false
	}
	f := strings.Fields(string(b))
	if len(f) > 0 && f[0] == "running" {
		return c, running, false
	}
	if len(f) < 7 || exe.foreign {
		return c, timed, false // asleep outside of a system call, or with other numbers
	}
	if c.number, err = strconv.Atoi(f[0]); err != nil {
		return c, timed, false
	}
	for i := range c.args {
		if c.args[i], err = strconv.ParseUint(f[1+i], 0, 64); err != nil {
			return c, timed, false
		}
	}
	return c, timed, true
}

// inVfork reports whether a thread waits as vfork(2) makes it: the kernel does not call
// that sleep. Nothing else keeps a thread in one of these calls for long.
func (t task) inVfork() bool {
	c, _, ok := t.call(program{})
	if !ok {
		return false
	}
	return c.number == unix.SYS_CLONE && c.args[0]&unix.CLONE_VFORK != 0 || c.number == unix.SYS_CLONE3 ||
		c.number == vfork
}

// socketWait looks for a timeout that was set on the socket a thread waits for.
func socketWait(pid, fd int, w wait) wait {
	if d, ok := socketTimeout(pid, fd, w); !ok || d != 0 {
		return timed
	}
	return untimed
}

// socketTimeout reads SO_RCVTIMEO or SO_SNDTIMEO, which do not show in the system
// call, see socket(7). It is 0 when none is set.
func socketTimeout(pid, fd int, w wait) (time.Duration, bool) {
	link := readLink("/proc/" + strconv.Itoa(pid) + "/fd/" + strconv.Itoa(fd))
	if !strings.HasPrefix(link, "socket:") {
		return 0, true // a pipe, a terminal
	}
	// While the duplicate is open no child may be forked: it would hold a copy
	// until its exec, and keep open what the program closes meanwhile.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(process)
	// A second descriptor for the moment of the question; the program sleeps, so
	// it cannot miss it.
	dup, err := unix.PidfdGetfd(process, fd, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(dup)
	option := unix.SO_RCVTIMEO
	if w == sent {
		option = unix.SO_SNDTIMEO
	}
	tv, err := unix.GetsockoptTimeval(dup, unix.SOL_SOCKET, option)
	if err != nil {
		return 0, false
	}
	return time.Duration(tv.Nano()), true
}

// hasTimer reports whether a process has a timer that wakes it by a signal or a
// descriptor: timer_create(2), timerfd_create(2), or anything of io_uring(7).
func hasTimer(pid int) bool {
	dir := "/proc/" + strconv.Itoa(pid)
	var buf [8]byte
	if b, err := readFile(dir+"/timers", buf[:]); err == nil && len(b) > 0 {
		return true
	}
	found := false
	err := eachLink(pid, func(_ string, link []byte) bool {
		found = string(link) == "anon_inode:[timerfd]" || string(link) == "anon_inode:[io_uring]"
		return !found
	})
	return found || err != nil // then we cannot tell
}
