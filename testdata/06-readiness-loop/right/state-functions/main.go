//go:build unix

// What a task does next is a function, which returns the one after it, and says for
// what to wait until then: so the place in the protocol is a value. poll gets a
// list, and beside it stands the list of the tasks, the listener among them. When no
// descriptor is free the listener waits for nothing, until a task has ended.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

// A state is what a task does when its descriptor is ready. It returns the next
// state, nil when the task is over.
type state func(*task) state

// A task is a descriptor and what is to be done with it.
type task struct {
	l    *lists
	fd   int
	next state
	rest []byte // not yet written
	wait int16  // for what; 0 for nothing
}

// lists are what poll(2) gets, and the tasks that belong to it, in one order.
type lists struct {
	fds     []unix.PollFd
	tasks   []*task
	fatal   error // ends the program
	scratch [16 << 10]byte
}

func (l *lists) start(fd int, first state) {
	l.tasks = append(l.tasks, &task{l: l, fd: fd, next: first, wait: unix.POLLIN})
	l.fds = append(l.fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
}

func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	l := &lists{}
	l.start(ln, accepting)
	for l.fatal == nil {
		if _, err := unix.Poll(l.fds, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return fmt.Errorf("poll: %w", err)
		}
		l.round()
	}
	return l.fatal
}

// round runs each task once that is ready, and then clears away.
func (l *lists) round() {
	over := false
	for i := range len(l.fds) { // those that are added meanwhile are not ready
		if l.fds[i].Revents == 0 {
			continue
		}
		t := l.tasks[i]
		t.next = t.next(t)
		over = over || t.next == nil
		l.fds[i].Events = t.wait
	}
	if !over {
		return
	}
	for i := 0; i < len(l.tasks); {
		if l.tasks[i].next != nil {
			i++
			continue
		}
		unix.Close(l.tasks[i].fd)
		last := len(l.tasks) - 1
		l.tasks[i], l.fds[i] = l.tasks[last], l.fds[last]
		l.tasks[last] = nil
		l.tasks, l.fds = l.tasks[:last], l.fds[:last]
	}
	if cap(l.tasks) > 64 && len(l.tasks) < cap(l.tasks)/4 {
		l.tasks = append(make([]*task, 0, 2*len(l.tasks)), l.tasks...)
		l.fds = append(make([]unix.PollFd, 0, 2*len(l.fds)), l.fds...)
	}
	// The listener is never over, so it is always the first.
	l.tasks[0].wait, l.fds[0].Events = unix.POLLIN, unix.POLLIN
}

// accepting takes up to eight clients from the queue.
func accepting(t *task) state {
	for range 8 {
		fd, _, err := unix.Accept(t.fd)
		if err == unix.ECONNABORTED || err == unix.EINTR {
			continue
		}
		if err == unix.EAGAIN {
			break
		}
		if (err == unix.EMFILE || err == unix.ENFILE) && len(t.l.tasks) > 1 {
			t.wait = 0
			break
		}
		if err == nil {
			unix.CloseOnExec(fd)
			err = unix.SetNonblock(fd, true)
		}
		if err != nil {
			t.l.fatal = fmt.Errorf("accept: %w", err)
			break
		}
		t.l.start(fd, reading)
	}
	return accepting
}

// reading takes what has come, and passes it on.
func reading(t *task) state {
	n, _, err := unix.Recvfrom(t.fd, t.l.scratch[:], 0)
	switch {
	case notNow(err):
		return reading
	case err != nil:
		log.Printf("descriptor %d: recvfrom: %v", t.fd, err)
		return nil
	case n == 0:
		return nil
	}
	t.rest = t.l.scratch[:n]
	return writing(t)
}

// writing writes what is left once.
func writing(t *task) state {
	n, err := unix.SendmsgN(t.fd, t.rest, nil, nil, unix.MSG_NOSIGNAL)
	if notNow(err) {
		n = 0
	} else if err != nil {
		log.Printf("descriptor %d: sendmsg: %v", t.fd, err)
		return nil
	}
	if n == len(t.rest) {
		t.rest, t.wait = nil, unix.POLLIN
		return reading
	}
	if t.wait == unix.POLLIN { // rest is a part of scratch
		t.rest = append([]byte(nil), t.rest[n:]...)
	} else {
		t.rest = t.rest[n:]
	}
	t.wait = unix.POLLOUT
	return writing
}
