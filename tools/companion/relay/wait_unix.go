//go:build unix

package relay

import (
	"net"

	"golang.org/x/sys/unix"
)

// waitError waits until an error, an RST as a rule, is waiting in the socket of
// a connection whose FIN has been read; false when the connection was closed
// here. The runtime's poller wakes us when the state of the socket changes.
func waitError(c *net.TCPConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	failed := false
	err = raw.Read(func(fd uintptr) bool {
		code, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		failed = err == nil && code != 0
		return failed || err != nil
	})
	return err == nil && failed
}
