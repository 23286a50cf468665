package wire

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/windows"
)

// connReset is the error of a call on a connection that was reset.
const connReset = windows.WSAECONNRESET

// addrInUse is the error of a local address that somebody else has.
const addrInUse = windows.WSAEADDRINUSE

// control sets the socket's receive buffer before it connects or listens.
func (w Window) control(_, _ string, c syscall.RawConn) error {
	if w == Default {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, windows.SO_RCVBUF, 8192)
	})
	if err != nil {
		return err
	}
	return failed
}

// A claim is a socket that has an address, and does not listen: so no other
// program can listen there.
type claim windows.Handle

// release gives the address back.
func (h claim) release() { windows.Closesocket(windows.Handle(h)) }

// share would let other sockets have the address as well; here that is not possible.
func (h claim) share() error { return windows.WSAEOPNOTSUPP }

// bind binds a socket to this port of host, or to a free one for 0, without
// listening on it.
func bind(host string, port int) (addr string, h claim, err error) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "", 0, err
	}
	family, sa := windows.AF_INET6, windows.Sockaddr(&windows.SockaddrInet6{Addr: ip.As16(), Port: port})
	if ip.Is4() {
		family, sa = windows.AF_INET, &windows.SockaddrInet4{Addr: ip.As4(), Port: port}
	}
	fd, err := windows.Socket(family, windows.SOCK_STREAM, 0)
	if err != nil {
		return "", 0, fmt.Errorf("socket: %w", err)
	}
	h = claim(fd)
	if err := windows.Bind(fd, sa); err != nil {
		h.release()
		return "", 0, fmt.Errorf("bind: %w", err)
	}
	name, err := windows.Getsockname(fd)
	if err != nil {
		h.release()
		return "", 0, fmt.Errorf("getsockname: %w", err)
	}
	switch name := name.(type) {
	case *windows.SockaddrInet4:
		port = name.Port
	case *windows.SockaddrInet6:
		port = name.Port
	}
	return net.JoinHostPort(host, fmt.Sprint(port)), h, nil
}

// tryRead cannot read without waiting here; its caller waits with a deadline.
func tryRead(stream, []byte) (int, error) { return 0, errAgain }

// tryWrite cannot write without waiting here; its caller waits with a deadline.
func tryWrite(stream, []byte) (int, error) { return 0, errAgain }
