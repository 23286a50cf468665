//go:build unix

package wire

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// connReset is the error of a call on a connection that was reset.
const connReset = unix.ECONNRESET

// addrInUse is the error of a local address that somebody else has.
const addrInUse = unix.EADDRINUSE

// control sets the socket's buffers before it connects or listens. A small
// receive buffer alone is a trap on loopback, where a segment may hold 64 KiB:
// whole segments would be dropped and sent again after a pause. So segments
// are made small, too.
func (w Window) control(_, _ string, c syscall.RawConn) error {
	if w == Default {
		return nil
	}
	var failed error
	if err := c.Control(func(fd uintptr) { failed = w.set(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// set gives a socket the buffers of a window that is not the default.
func (w Window) set(fd int) (failed error) {
	buffer, segment := 8192, 1400
	if w == Narrow {
		buffer, segment = 4096, 1000
	}
	for _, o := range []struct{ level, name, value int }{
		{unix.SOL_SOCKET, unix.SO_RCVBUF, buffer},
		{unix.SOL_SOCKET, unix.SO_SNDBUF, buffer},
		{unix.IPPROTO_TCP, unix.TCP_MAXSEG, segment},
	} {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// A claim is a socket that has an address, and does not listen: so no other
// program can listen there.
type claim int

// release gives the address back.
func (h claim) release() { unix.Close(int(h)) }

// share lets sockets with SO_REUSEADDR have the address as well, as those of
// package net.
func (h claim) share() error {
	return unix.SetsockoptInt(int(h), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
}

// bind binds a socket to this port of host, or to a free one for 0, without
// listening on it.
func bind(host string, port int) (addr string, h claim, err error) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "", 0, err
	}
	family, sa := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Addr: ip.As16(), Port: port})
	if ip.Is4() {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{Addr: ip.As4(), Port: port}
	}
	fd, err := socket(family)
	if err != nil {
		return "", 0, fmt.Errorf("socket: %w", err)
	}
	h = claim(fd)
	if err := unix.Bind(fd, sa); err != nil {
		h.release()
		return "", 0, fmt.Errorf("bind: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		h.release()
		return "", 0, fmt.Errorf("getsockname: %w", err)
	}
	return net.JoinHostPort(host, fmt.Sprint(portOf(name))), h, nil
}

// socket makes a stream socket that no program under test inherits. None may be
// started before it is marked close-on-exec, as happens in another scenario
// while this one makes its sockets; not every system can do both in one call.
func socket(family int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, err
}

func portOf(sa unix.Sockaddr) int {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return sa.Port
	case *unix.SockaddrInet6:
		return sa.Port
	}
	return 0
}

// tryRead reads what is there, without waiting.
func tryRead(c syscall.Conn, buf []byte) (int, error) {
	return try(c, func(fd int) (int, error) { return unix.Read(fd, buf) }, len(buf) > 0)
}

// tryWrite writes as much as there is room for, without waiting.
func tryWrite(c syscall.Conn, data []byte) (int, error) {
	return try(c, func(fd int) (int, error) { return unix.Write(fd, data) }, false)
}

// onFD makes a call that does not wait on the descriptor of a socket.
func onFD(c syscall.Conn, call func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = call(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// try makes one system call on the socket, which never blocks: package net has
// made it non-blocking. With eof a result of no bytes is the end of stream.
func try(c syscall.Conn, call func(fd int) (int, error), eof bool) (n int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if n, failed = call(int(fd)); failed != unix.EINTR {
				return
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case failed == unix.EAGAIN:
		return 0, errAgain
	case failed != nil:
		return 0, failed
	case n == 0 && eof:
		return 0, io.EOF
	}
	return n, nil
}
