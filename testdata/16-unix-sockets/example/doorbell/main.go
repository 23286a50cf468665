// Doorbell listens on a Unix socket and prints each line that comes.
//
//	doorbell PATH
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: doorbell PATH")
		os.Exit(2)
	}
	bell, err := net.Listen("unix", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "doorbell:", err)
		os.Exit(1)
	}
	fmt.Printf("pid=%d, at %s\n", os.Getpid(), os.Args[1])
	for {
		guest, err := bell.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "doorbell:", err)
			os.Exit(1)
		}
		go answer(guest)
	}
}

// answer prints what one guest says, until it leaves.
func answer(guest net.Conn) {
	defer guest.Close()
	for said := bufio.NewScanner(guest); said.Scan(); {
		fmt.Println(said.Text())
		fmt.Fprintln(guest, "heard")
	}
}
