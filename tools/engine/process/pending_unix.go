//go:build unix

package process

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// tellsUnread says that [Process.Pending] knows what waits in a pipe.
const tellsUnread = true

// fill reads once from r into c. The bytes leave the pipe and enter the
// capture under one lock, so that Pending never sees them in neither place.
func fill(r *os.File, c *Capture, buf []byte) error {
	raw, err := r.SyscallConn()
	if err != nil {
		return err
	}
	var n int
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for {
			n, failed = unix.Read(int(fd), buf)
			if failed != unix.EINTR {
				break
			}
		}
		if n > 0 {
			c.addLocked(buf[:n])
		}
		return failed != unix.EAGAIN
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case n == 0:
		return io.EOF
	}
	return nil
}

// unread reports whether r holds bytes that are not in c yet.
func unread(r *os.File, c *Capture) bool {
	raw, err := r.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	raw.Control(func(fd uintptr) {
		c.mu.Lock()
		defer c.mu.Unlock()
		n, _ = unix.IoctlGetInt(int(fd), fionread)
	})
	return n > 0
}
