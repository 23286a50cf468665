package probe

import (
	"fmt"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func userTimeout(pids []int, inode uint32) time.Duration {
	want := fmt.Sprintf("socket:[%d]", inode)
	for _, pid := range pids {
		dir := "/proc/" + strconv.Itoa(pid) + "/fd"
		names, err := dirNames(dir)
		if err != nil {
			continue
		}
		for _, name := range names {
			if fd, err := strconv.Atoi(name); err == nil && readLink(dir+"/"+name) == want {
				ms, _ := socketOption(pid, fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
				return time.Duration(ms) * time.Millisecond
			}
		}
	}
	return 0
}

// socketOption reads an option of another process's socket.
func socketOption(pid, fd, level, option int) (int, error) {
	// While the duplicate is open no child may be forked: it would hold a copy
	// until its exec, and keep open what the program closes meanwhile.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(process)
	dup, err := unix.PidfdGetfd(process, fd, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(dup)
	return unix.GetsockoptInt(dup, level, option)
}
