//go:build unix && !linux

package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// An interest is what a socket is watched for.
type interest int16

const (
	toRead  interest = unix.POLLIN
	toWrite interest = unix.POLLOUT
)

// A poller asks the kernel which sockets are ready. Here it is a list that is
// handed to poll(2) each time.
type poller struct {
	fds   []unix.PollFd
	at    map[int]int // where in fds a descriptor is
	ready []int
}

// newPoller returns a poller that watches nothing yet.
func newPoller() (*poller, error) {
	return &poller{at: map[int]int{}}, nil
}

// add begins to watch fd.
func (p *poller) add(fd int, what interest) error {
	p.at[fd] = len(p.fds)
	p.fds = append(p.fds, unix.PollFd{Fd: int32(fd), Events: int16(what)})
	return nil
}

// change watches fd for something else from now on.
func (p *poller) change(fd int, what interest) error {
	p.fds[p.at[fd]].Events = int16(what)
	return nil
}

// remove ends watching fd, which must be done before fd is closed.
func (p *poller) remove(fd int) {
	i, last := p.at[fd], len(p.fds)-1
	p.fds[i] = p.fds[last]
	p.at[int(p.fds[i].Fd)] = i
	p.fds = p.fds[:last]
	delete(p.at, fd)
}

// wait sleeps until at least one watched socket is ready, for as long as that
// takes, and returns those that are; none when a signal has come instead. A
// socket with an error, or whose peer has gone, counts as ready: the next call
// on it says what has happened. The result is good until the next wait.
func (p *poller) wait() ([]int, error) {
	_, err := unix.Poll(p.fds, -1)
	if err == unix.EINTR {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("poll: %w", err)
	}
	p.ready = p.ready[:0]
	for _, f := range p.fds {
		if f.Revents != 0 {
			p.ready = append(p.ready, int(f.Fd))
		}
	}
	return p.ready, nil
}
