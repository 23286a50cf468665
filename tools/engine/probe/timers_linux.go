//go:build !noevidence

package probe

import (
	"time"

	"golang.org/x/sys/unix"
)

// advanceTimers sets each timer anew. What else it does, and how often, stays.
func advanceTimers(pids []int, d time.Duration) {
	eachSocket(pids, "anon_inode:[timerfd]", func(pid, fd int) {
		withSocket(pid, fd, func(timer int) error { return advanceTimer(timer, d) })
	})
}

// advanceTimer does nothing to a timer that is not set.
func advanceTimer(fd int, d time.Duration) error {
	var t unix.ItimerSpec
	if err := unix.TimerfdGettime(fd, &t); err != nil || t.Value == (unix.Timespec{}) {
		return err
	}
	left := max(time.Duration(t.Value.Nano())-d, 1) // 0 would stop it
	t.Value = unix.NsecToTimespec(int64(left))
	return unix.TimerfdSettime(fd, 0, &t, nil)
}
