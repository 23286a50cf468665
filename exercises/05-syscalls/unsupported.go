//go:build !unix

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "echo-sys needs the system calls of a Unix system, such as Linux or macOS")
	os.Exit(1)
}
