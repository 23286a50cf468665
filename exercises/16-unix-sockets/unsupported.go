//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "agentd needs the Unix sockets of Linux")
	os.Exit(1)
}
