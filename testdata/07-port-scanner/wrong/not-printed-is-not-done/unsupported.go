//go:build !linux && !darwin

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "scan: this program needs Linux or macOS: it tells errors of the kernel apart by their Unix names")
	os.Exit(1)
}
