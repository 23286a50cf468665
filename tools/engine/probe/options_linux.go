//go:build !noevidence

package probe

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func userTimeout(pids []int, inode uint32) (d time.Duration) {
	eachFD(pids, inode, func(pid, fd int) {
		ms, _ := socketOption(pid, fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		d = time.Duration(ms) * time.Millisecond
	})
	return d
}

// giveUp sets TCP_USER_TIMEOUT: tcp_retransmit_timer asks for it when it has sent a
// SYN again, and tcp_probe_timer when it has probed a closed window.
func giveUp(pids []int, inode uint32, after time.Duration) (done bool) {
	eachFD(pids, inode, func(pid, fd int) {
		done = withSocket(pid, fd, func(dup int) error {
			return unix.SetsockoptInt(dup, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(after.Milliseconds()))
		}) == nil
	})
	return done
}

// narrow sets SO_SNDBUF, which the kernel doubles, and then does not change any more.
func narrow(pids []int, inode uint32, size int) (done bool) {
	eachFD(pids, inode, func(pid, fd int) {
		done = withSocket(pid, fd, func(dup int) error {
			return unix.SetsockoptInt(dup, unix.SOL_SOCKET, unix.SO_SNDBUF, size)
		}) == nil
	})
	return done
}

// shortenWaits sets both options where they are longer.
func shortenWaits(pids []int, d time.Duration) (longest time.Duration) {
	short := unix.NsecToTimeval(int64(d))
	eachSocket(pids, "socket:", func(pid, fd int) {
		withSocket(pid, fd, func(dup int) error {
			for _, option := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
				is, err := unix.GetsockoptTimeval(dup, unix.SOL_SOCKET, option)
				if err != nil || time.Duration(is.Nano()) <= d {
					continue
				}
				longest = max(longest, time.Duration(is.Nano()))
				unix.SetsockoptTimeval(dup, unix.SOL_SOCKET, option, &short)
			}
			return nil
		})
	})
	return longest
}

// eachFD calls f for each descriptor of these processes that is this socket.
func eachFD(pids []int, inode uint32, f func(pid, fd int)) {
	eachSocket(pids, fmt.Sprintf("socket:[%d]", inode), f)
}

// eachSocket calls f for each descriptor of these processes whose link begins so.
func eachSocket(pids []int, prefix string, f func(pid, fd int)) {
	for _, pid := range pids {
		eachLink(pid, func(name string, link []byte) bool {
			if fd, err := strconv.Atoi(name); err == nil && strings.HasPrefix(string(link), prefix) {
				f(pid, fd)
			}
			return true
		})
	}
}

// socketOption reads an option of another process's socket.
func socketOption(pid, fd, level, option int) (value int, err error) {
	err = withSocket(pid, fd, func(dup int) (err error) {
		value, err = unix.GetsockoptInt(dup, level, option)
		return err
	})
	return value, err
}

// withSocket calls f with a duplicate of another process's socket.
func withSocket(pid, fd int, f func(dup int) error) error {
	// While the duplicate is open no child may be forked: it would hold a copy
	// until its exec, and keep open what the program closes meanwhile.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return err
	}
	defer unix.Close(process)
	dup, err := unix.PidfdGetfd(process, fd, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dup)
	return f(dup)
}
