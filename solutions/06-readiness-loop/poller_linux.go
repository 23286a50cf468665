package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// An interest is what a socket is watched for.
type interest uint32

const (
	toRead  interest = unix.EPOLLIN
	toWrite interest = unix.EPOLLOUT
)

// A poller asks the kernel which sockets are ready. Here it is an epoll
// instance, level-triggered; see epoll(7).
type poller struct {
	epoll  int
	events [128]unix.EpollEvent
	ready  []int
}

// newPoller returns a poller that watches nothing yet.
func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &poller{epoll: fd}, nil
}

// add begins to watch fd.
func (p *poller) add(fd int, what interest) error {
	return p.control(unix.EPOLL_CTL_ADD, fd, what)
}

// change watches fd for something else from now on.
func (p *poller) change(fd int, what interest) error {
	return p.control(unix.EPOLL_CTL_MOD, fd, what)
}

// remove ends watching fd, which must be done before fd is closed.
func (p *poller) remove(fd int) {
	p.control(unix.EPOLL_CTL_DEL, fd, 0) // it fails only for an fd never added
}

func (p *poller) control(op, fd int, what interest) error {
	event := unix.EpollEvent{Events: uint32(what), Fd: int32(fd)}
	if err := unix.EpollCtl(p.epoll, op, fd, &event); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// wait sleeps until at least one watched socket is ready, for as long as that
// takes, and returns those that are; none when a signal has come instead. A
// socket with an error, or whose peer has gone, counts as ready: the next call
// on it says what has happened. The result is good until the next wait.
func (p *poller) wait() ([]int, error) {
	n, err := unix.EpollWait(p.epoll, p.events[:], -1)
	if err == unix.EINTR {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("epoll_wait: %w", err)
	}
	p.ready = p.ready[:0]
	for _, e := range p.events[:n] {
		p.ready = append(p.ready, int(e.Fd))
	}
	return p.ready, nil
}
