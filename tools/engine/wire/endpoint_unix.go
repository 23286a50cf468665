//go:build unix

package wire

import (
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// hideFromAll connects a socket to itself. The kernel delivers nothing else to
// it any more, and answers everybody else as if the port were closed: udp(7).
func hideFromAll(c *net.UDPConn) error {
	return onFD(c, func(fd int) error {
		self, err := unix.Getsockname(fd)
		if err != nil {
			return err
		}
		return unix.Connect(fd, self)
	})
}

// EndpointOf binds fd, a UDP socket over IPv4 which it owns from now on, to host, on a
// port of the kernel's choice. The socket may be one of another network namespace.
func EndpointOf(name string, fd int, host netip.Addr) (*Endpoint, error) {
	f := os.NewFile(uintptr(fd), name)
	defer f.Close() // package net works with a copy
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: host.As4()}); err != nil {
		return nil, fmt.Errorf("bind: %w", err)
	}
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, err
	}
	return newEndpoint(name, c.(*net.UDPConn))
}

// tryReceive receives a datagram that is there, without waiting.
func tryReceive(c *net.UDPConn, buf []byte) (n int, from netip.AddrPort, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, from, err
	}
	var failed error
	var sa unix.Sockaddr
	err = raw.Control(func(fd uintptr) {
		for {
			if n, sa, failed = unix.Recvfrom(int(fd), buf, 0); failed != unix.EINTR {
				return
			}
		}
	})
	switch {
	case err != nil:
		return 0, from, err
	case failed == unix.EAGAIN:
		return 0, from, errAgain
	case failed != nil:
		return 0, from, failed
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		from = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		from = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return n, from, nil
}
