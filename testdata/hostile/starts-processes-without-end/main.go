// The program starts processes that wait forever, and never has enough of them.
// It does not come to listen.
//
// Caught by: 01-one-line (left-processes), as 04-goroutine-per-client.
package main

import (
	"log"
	"os/exec"
)

func main() {
	for {
		if err := exec.Command("sleep", "1000").Start(); err != nil {
			log.Fatal(err)
		}
	}
}
