//go:build !noevidence

package wire

import (
	"net"

	"golang.org/x/sys/unix"
)

// setBacklog calls listen(2) on a socket that listens already: on Linux that
// changes how many connections may wait to be accepted, and nothing else.
func setBacklog(l *net.TCPListener, n int) error {
	return onFD(l, func(fd int) error { return unix.Listen(fd, n) })
}

// stopListening takes a listener back to a socket that is bound and no more:
// shutdown(2) ends listening and whatever waits to be accepted, but an address
// that was chosen by bind(2) stays. Package net sets SO_REUSEADDR, which would
// let another socket that has it listen there, once this one no longer does.
func stopListening(l *net.TCPListener) error {
	return onFD(l, func(fd int) error {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 0); err != nil {
			return err
		}
		return unix.Shutdown(fd, unix.SHUT_RDWR)
	})
}
