//go:build !noevidence

package probe

import (
	"time"

	"golang.org/x/sys/unix"
)

// vfork is the number of vfork(2), which newer processors do not have.
const vfork = unix.SYS_VFORK

// legacy judges the system calls that newer processors do not have.
func legacy(c call) (wait, bool) {
	switch c.number {
	case unix.SYS_EPOLL_WAIT:
		return milliseconds(c.args[3]), true
	case unix.SYS_POLL:
		return milliseconds(c.args[2]), true
	case unix.SYS_SELECT:
		return pointer(c.args[4]), true
	case unix.SYS_PAUSE, unix.SYS_OPEN, unix.SYS_VFORK:
		return untimed, true
	}
	return 0, false
}

// legacyTimeout returns how long such a call waits at the most.
func (c call) legacyTimeout(pid int) (time.Duration, bool) {
	switch c.number {
	case unix.SYS_EPOLL_WAIT:
		return time.Duration(int32(c.args[3])) * time.Millisecond, true
	case unix.SYS_POLL:
		return time.Duration(int32(c.args[2])) * time.Millisecond, true
	case unix.SYS_SELECT:
		return pointedAt(pid, c.args[4], time.Microsecond)
	}
	return 0, false
}
