//go:build unix

package main

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// listenOn returns a non-blocking socket that listens on addr, which must have
// an IP address and a port, and the address that it got.
func listenOn(addr string) (fd int, bound netip.AddrPort, err error) {
	want, err := netip.ParseAddrPort(addr)
	if err != nil {
		return -1, bound, err
	}
	family, sa := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{
		Port: int(want.Port()), Addr: want.Addr().As16()})
	if want.Addr().Is4() {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{
			Port: int(want.Port()), Addr: want.Addr().As4()}
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, bound, fmt.Errorf("socket: %w", err)
	}
	unix.CloseOnExec(fd)
	if bound, err = prepare(fd, sa); err != nil {
		unix.Close(fd)
		return -1, bound, err
	}
	return fd, bound, nil
}

// prepare makes fd non-blocking, binds it to sa, listens, and asks the kernel
// for the port that was chosen.
func prepare(fd int, sa unix.Sockaddr) (bound netip.AddrPort, err error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return bound, fmt.Errorf("fcntl: %w", err)
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err != nil {
		return bound, fmt.Errorf("setsockopt: %w", err)
	}
	if err := unix.Bind(fd, sa); err != nil {
		return bound, fmt.Errorf("bind: %w", err)
	}
	if err := unix.Listen(fd, unix.SOMAXCONN); err != nil {
		return bound, fmt.Errorf("listen: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return bound, fmt.Errorf("getsockname: %w", err)
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		bound = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		bound = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return bound, nil
}

// notNow reports whether a call has done nothing because it would have had to
// wait, or was interrupted: the poller will say when to make it again.
func notNow(err error) bool {
	return err == unix.EAGAIN || err == unix.EINTR
}
