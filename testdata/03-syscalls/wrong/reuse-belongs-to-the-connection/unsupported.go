//go:build !linux && !darwin

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "echo-sys makes the system calls of Unix by hand: it needs Linux or macOS")
	os.Exit(1)
}
