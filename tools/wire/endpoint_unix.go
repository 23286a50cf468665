//go:build unix

package wire

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

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
