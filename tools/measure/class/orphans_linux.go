package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// adopt makes this process the parent of what a killed batch leaves behind.
func adopt() { process.Adopt() }

// patience is how long the kernel may take to end what it was asked to end.
const patience = 30 * time.Second

// orphans waits until all that the batch has started has ended, and returns how many have
// not, though the batch is dead: those are ended here.
func orphans() int {
	all := make(chan struct{})
	go func() {
		defer close(all)
		for {
			if _, err := unix.Wait4(-1, nil, 0, nil); err == unix.ECHILD {
				return
			}
		}
	}()
	select {
	case <-all:
		return 0
	case <-time.After(patience):
	}
	left, _ := probe.BurdenOf(os.Getpid())
	process.EndAdopted()
	return max(left.Processes-1, 1)
}
