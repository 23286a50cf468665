//go:build !linux && !darwin

// Echo-poll is an echo server that serves all its clients on one thread.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "echo-poll: this program needs Linux (epoll) or macOS (poll); it can be run in WSL or in a container")
	os.Exit(1)
}
