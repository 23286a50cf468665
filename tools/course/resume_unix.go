//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// canLend says that another program can be given the terminal for a while.
const canLend = true

// resume tells when the program goes on after it was suspended (Ctrl-Z, fg):
// the shell has set the terminal as it likes it.
func resume() (<-chan struct{}, func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCONT)
	resumed := make(chan struct{})
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-signals:
			case <-done:
				return
			}
			select {
			case resumed <- struct{}{}:
			case <-done:
				return
			}
		}
	}()
	return resumed, func() { signal.Stop(signals); close(done) }
}
