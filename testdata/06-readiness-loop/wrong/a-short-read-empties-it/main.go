//go:build linux

// Belief: a read that comes back short has emptied the socket.
//
// Of the bytes it has. A FIN may come after them, and no edge will tell of
// it.
//
// Caught by: 29-last-words (no-eof).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"slices"

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

type server struct {
	ep, ln  int
	clients map[int]*client
	buf     [64 << 10]byte
}

type client struct {
	fd      int
	pending []byte
	eof     bool
}

func notNow(err error) bool { return err == unix.EAGAIN || err == unix.EINTR }

func (s *server) ctl(op, fd int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(s.ep, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

func run(addr string) error {
	ln, at, err := listenAt(addr)
	if err != nil {
		return err
	}
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	s := &server{ep: ep, ln: ln, clients: map[int]*client{}}
	if err := s.ctl(unix.EPOLL_CTL_ADD, ln, unix.EPOLLIN); err != nil {
		return err
	}
	fmt.Println("listening on", at)
	return s.loop()
}

func (s *server) loop() error {
	var events [128]unix.EpollEvent
	var again []*client // who may have more: one turn each, then the others
	for {
		timeout := -1
		if len(again) > 0 {
			timeout = 0
		}
		n, err := unix.EpollWait(s.ep, events[:], timeout)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError("epoll_wait", err)
		}
		now := again
		again = nil
		for _, e := range events[:n] {
			if fd := int(e.Fd); fd == s.ln {
				if err := s.accept(); err != nil {
					return err
				}
			} else if c := s.clients[fd]; c != nil && !slices.Contains(now, c) {
				now = append(now, c)
			}
		}
		for _, c := range now {
			if s.turn(c) {
				again = append(again, c)
			}
		}
	}
}

func (s *server) accept() error {
	fd, _, err := unix.Accept4(s.ln, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil
	}
	if err != nil {
		return os.NewSyscallError("accept4", err)
	}
	s.clients[fd] = &client{fd: fd}
	return s.ctl(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLET)
}

// turn reports whether there may be more to read.
func (s *server) turn(c *client) bool {
	more, err := s.step(c)
	if err == nil {
		return more
	}
	if err != io.EOF {
		log.Print(err)
	}
	delete(s.clients, c.fd)
	unix.Close(c.fd)
	return false
}

func (s *server) step(c *client) (more bool, err error) {
	if len(c.pending) > 0 {
		if err := s.write(c, c.pending); err != nil || len(c.pending) > 0 {
			return false, err
		}
		return true, nil
	}
	n, err := unix.Read(c.fd, s.buf[:])
	switch {
	case notNow(err):
		return false, nil
	case err != nil:
		return false, os.NewSyscallError("read", err)
	case n == 0:
		return false, io.EOF
	}
	if err := s.write(c, s.buf[:n]); err != nil {
		return false, err
	}
	return n == len(s.buf) && len(c.pending) == 0, nil
}

func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if err != nil && !notNow(err) {
		return os.NewSyscallError("write", err)
	}
	c.pending = bytes.Clone(data[max(n, 0):])
	return nil
}

// listenAt returns a non-blocking listening socket and the address it got.
func listenAt(addr string) (int, netip.AddrPort, error) {
	var none netip.AddrPort
	want, err := netip.ParseAddrPort(addr)
	if err != nil {
		return -1, none, err
	}
	family, sa := unix.AF_INET, unix.Sockaddr(nil)
	if want.Addr().Is4() {
		sa = &unix.SockaddrInet4{Port: int(want.Port()), Addr: want.Addr().As4()}
	} else {
		family, sa = unix.AF_INET6, &unix.SockaddrInet6{Port: int(want.Port()), Addr: want.Addr().As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, none, os.NewSyscallError("socket", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return -1, none, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, sa); err != nil {
		return -1, none, os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(fd, unix.SOMAXCONN); err != nil {
		return -1, none, os.NewSyscallError("listen", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return -1, none, os.NewSyscallError("getsockname", err)
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		return fd, netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), nil
	case *unix.SockaddrInet6:
		return fd, netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port)), nil
	}
	return -1, none, fmt.Errorf("what is %T?", name)
}
