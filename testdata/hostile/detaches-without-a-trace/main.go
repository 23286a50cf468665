// A daemon is left, forked twice, in a session of its own, with an empty
// environment and in another folder: nothing about it says where it comes
// from.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"log"
	"os/exec"
)

func main() {
	daemon := exec.Command("env", "-i", "setsid", "/bin/sh", "-c", "cd /; /bin/sleep 1000 >/dev/null 2>&1 &")
	if err := daemon.Run(); err != nil {
		log.Fatal(err)
	}
}
