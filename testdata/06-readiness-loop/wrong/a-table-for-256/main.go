//go:build linux

// Belief: 256 places are enough.
//
// A client that comes when they are taken is accepted and forgotten.
//
// Caught by: 23-many-at-once (silence).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
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

const most = 256

type client struct {
	fd      int
	pending []byte
}

type server struct {
	fds     [most]unix.PollFd
	n       int // how many places are taken; the first is the listener's
	clients [most]client
	buf     [64 << 10]byte
}

func notNow(err error) bool { return err == unix.EAGAIN || err == unix.EINTR }

func run(addr string) error {
	ln, at, err := listenAt(addr)
	if err != nil {
		return err
	}
	s := &server{n: 1}
	s.fds[0] = unix.PollFd{Fd: int32(ln), Events: unix.POLLIN}
	fmt.Println("listening on", at)
	for {
		_, err := unix.Poll(s.fds[:s.n], -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError("poll", err)
		}
		for i := s.n - 1; i > 0; i-- {
			if s.fds[i].Revents != 0 {
				s.turn(i)
			}
		}
		if s.fds[0].Revents != 0 {
			if err := s.accept(ln); err != nil {
				return err
			}
		}
	}
}

func (s *server) accept(ln int) error {
	fd, _, err := unix.Accept4(ln, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil
	}
	if err != nil {
		return os.NewSyscallError("accept4", err)
	}
	if s.n < most {
		s.fds[s.n] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		s.clients[s.n] = client{fd: fd}
		s.n++
	}
	return nil
}

func (s *server) turn(i int) {
	c := &s.clients[i]
	err := s.step(c)
	s.fds[i].Events = unix.POLLIN
	if len(c.pending) > 0 {
		s.fds[i].Events = unix.POLLOUT
	}
	if err == nil {
		return
	}
	if err != io.EOF {
		log.Print(err)
	}
	unix.Close(c.fd)
	s.n--
	s.fds[i], s.clients[i] = s.fds[s.n], s.clients[s.n]
	s.clients[s.n] = client{}
}

func (s *server) step(c *client) error {
	if len(c.pending) > 0 {
		return s.write(c, c.pending)
	}
	n, err := unix.Read(c.fd, s.buf[:])
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return os.NewSyscallError("read", err)
	case n == 0:
		return io.EOF
	}
	return s.write(c, s.buf[:n])
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
