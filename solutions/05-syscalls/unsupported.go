//go:build !linux && !darwin

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "echo-sys needs the system calls of Linux or macOS")
	os.Exit(1)
}
