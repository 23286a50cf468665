// The program starts another one, which inherits standard output and keeps it
// open for a quarter of an hour, and ends.
//
// Who waits for the end of the output waits as long.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"log"
	"os"
	"os/exec"
)

func main() {
	child := exec.Command("sleep", "1000")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if err := child.Start(); err != nil {
		log.Fatal(err)
	}
}
