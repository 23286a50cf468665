//go:build unix

// Heir opens two sockets and becomes another program, which looks for both.

//go:debug containermaxprocs=0
package main

import (
	"fmt"
	"log"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	kept, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	marked, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	unix.CloseOnExec(marked)
	fmt.Println("two sockets:", kept, marked)

	look := `for n in 3 4; do test -e /dev/fd/$n && echo $n is open; done; :`
	sh := []string{"sh", "-c", look}
	log.Fatal(unix.Exec("/bin/sh", sh, os.Environ()))
}
