//go:build unix

package wire

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// hideFromAll connects a socket to itself. The kernel delivers nothing else to
// it any more, and answers everybody else as if the port were closed: udp(7).
func hideFromAll(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		var self unix.Sockaddr
		if self, failed = unix.Getsockname(int(fd)); failed == nil {
			failed = unix.Connect(int(fd), self)
		}
	})
	if err != nil {
		return err
	}
	return failed
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
