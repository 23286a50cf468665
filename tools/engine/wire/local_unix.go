//go:build unix

package wire

import (
	"os"
	"syscall"
	"time"

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

// HungUp waits at most d until no process has a writing end of this pipe any more, and
// reports whether that is so. What is still in the pipe can be read.
func HungUp(reading *os.File, d time.Duration) bool {
	fd, err := NumberOf(reading)
	if err != nil {
		return true
	}
	ask := []unix.PollFd{{Fd: int32(fd)}}
	_, err = unix.Poll(ask, int(d.Milliseconds()))
	return err != nil && err != unix.EINTR || ask[0].Revents&unix.POLLHUP != 0
}

// shortQueue lets a listener have room for as few connections as there can be.
func shortQueue(c syscall.Conn) error {
	return onFD(c, func(fd int) error { return unix.Listen(fd, 0) })
}
