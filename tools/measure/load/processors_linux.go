package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// processors divides those that we may use: the last one is the generator's, the
// others, as a list for taskset(1), are the servers'.
func processors() (generator int, servers string, err error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return 0, "", err
	}
	var all []string
	for cpu := range len(set) * 64 {
		if set.IsSet(cpu) {
			all, generator = append(all, fmt.Sprint(cpu)), cpu
		}
	}
	if len(all) < 2 {
		return 0, "", errors.New("an open loop needs two processors, one of them for itself")
	}
	return generator, strings.Join(all[:len(all)-1], ","), nil
}

// alone calls f in a thread of its own that runs on one processor, and on no
// other. The thread ends with it.
func alone(cpu int, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread is no good for anything else
		var set unix.CPUSet
		set.Set(cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return <-done
}

// stop stops processes, which then read nothing.
func stop(pids []int) error {
	for _, pid := range pids {
		if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
			return err
		}
	}
	return nil
}
