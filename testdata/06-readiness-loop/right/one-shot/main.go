//go:build linux

// Each socket is armed for one event (EPOLLONESHOT) and armed again after its turn.
// Clients live in places; an event names the place and how many have had it before,
// so an event for one that has left is known. A client has its first turn right
// after accept, and up to four are accepted in a round.
package main

import (
	"errors"
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

// A place is where a client lives. Its number and its generation are what an
// event says.
type place struct {
	fd         int // -1 when it is free
	generation int32
	kept       []byte // must be written before more is read
}

type echoer struct {
	epoll  int
	ln     int
	places []place
	free   []int32
	buf    []byte
}

// The listener has an event that no place has.
const listener = -1

func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("epoll_create1: %w", err)
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: listener}
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, ln, &event); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	fmt.Println("listening on", bound)
	e := &echoer{epoll: epoll, ln: ln, buf: make([]byte, 32<<10)}
	for {
		if err := e.round(); err != nil {
			return err
		}
	}
}

// round waits once and serves all that are ready.
func (e *echoer) round() error {
	var events [64]unix.EpollEvent
	n, err := unix.EpollWait(e.epoll, events[:], -1)
	if err == unix.EINTR {
		return nil
	}
	if err != nil {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	knock := false
	for _, event := range events[:n] {
		if event.Fd == listener {
			knock = true
			continue
		}
		if e.places[event.Fd].generation == event.Pad {
			e.serve(event.Fd, unix.EPOLL_CTL_MOD)
		}
	}
	for i := 0; knock && i < 4; i++ {
		if knock, err = e.accept(); err != nil {
			return err
		}
	}
	return nil
}

// accept takes one client, and reports whether there was one.
func (e *echoer) accept() (bool, error) {
	fd, _, err := unix.Accept4(e.ln, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	switch err {
	case nil:
	case unix.EAGAIN, unix.EINTR, unix.ECONNABORTED:
		return false, nil
	default:
		return false, fmt.Errorf("accept4: %w", err)
	}
	if len(e.free) == 0 {
		e.places = append(e.places, place{})
		e.free = append(e.free, int32(len(e.places)-1))
	}
	at := e.free[len(e.free)-1]
	e.free = e.free[:len(e.free)-1]
	e.places[at].fd = fd
	e.serve(at, unix.EPOLL_CTL_ADD)
	return true, nil
}

var errEnd = errors.New("end of the stream")

// serve makes one step for a client and arms its socket, or ends it.
func (e *echoer) serve(at int32, op int) {
	p := &e.places[at]
	err := e.step(p)
	if err == nil {
		event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT,
			Fd: at, Pad: p.generation}
		if p.kept != nil {
			event.Events = unix.EPOLLOUT | unix.EPOLLONESHOT
		}
		err = unix.EpollCtl(e.epoll, op, p.fd, &event)
	}
	if err == nil {
		return
	}
	if err != errEnd {
		log.Printf("client on descriptor %d: %v", p.fd, err)
	}
	unix.Close(p.fd) // there is no copy of it, so epoll forgets it, too
	*p = place{fd: -1, generation: p.generation + 1}
	e.free = append(e.free, at)
}

func (e *echoer) step(p *place) error {
	data := p.kept
	if data == nil {
		n, err := unix.Read(p.fd, e.buf)
		if notNow(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if n == 0 {
			return errEnd
		}
		data = e.buf[:n]
	}
	n, err := unix.SendmsgN(p.fd, data, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	if err != nil && !notNow(err) {
		return fmt.Errorf("sendmsg: %w", err)
	}
	if err != nil {
		n = 0
	}
	switch rest := data[n:]; {
	case len(rest) == 0:
		p.kept = nil
	case p.kept == nil:
		p.kept = append(make([]byte, 0, len(rest)), rest...)
	default:
		p.kept = rest
	}
	return nil
}
