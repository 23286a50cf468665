package wire

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendEmpty sends a message without bytes, and control messages beside it. Both
// package syscall and x/sys put a byte into such a message, which a stream needs.
func sendEmpty(c syscall.Conn, control []byte) error {
	var msg unix.Msghdr
	if len(control) > 0 {
		msg.Control = &control[0]
		msg.SetControllen(len(control))
	}
	_, err := try(c, func(fd int) (int, error) {
		_, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_NOSIGNAL)
		if errno != 0 {
			return 0, errno
		}
		return 0, nil
	}, false)
	return err
}
