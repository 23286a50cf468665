//go:build unix

package wire

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// trySend sends data and control messages in one sendmsg(2), without waiting.
func trySend(c syscall.Conn, data, control []byte) (int, error) {
	return try(c, func(fd int) (int, error) { return unix.SendmsgN(fd, data, control, nil, 0) }, false)
}

// rights is the control message that hands descriptors on.
func rights(fds []int) []byte {
	if len(fds) == 0 {
		return nil
	}
	return unix.UnixRights(fds...)
}

// socketNumber returns the number by which the kernel's tables know a socket.
func socketNumber(fd int) (uint32, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	return uint32(st.Ino), err
}
