//go:build !unix

// Echo-poll is an echo server that serves all its clients on one thread.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "echo-poll: this program needs epoll or poll,",
		"and so Linux (WSL will do) or macOS")
	os.Exit(1)
}
