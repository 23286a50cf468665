//go:build unix

// Deaf listens and never accepts. Its queue has room for one connection, and it
// makes that one itself. From then on the kernel answers no SYN.
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	ear, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	check("bind", unix.Bind(ear, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check("listen", unix.Listen(ear, 0))
	here, err := unix.Getsockname(ear)
	check("getsockname", err)

	plug, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	check("connect", unix.Connect(plug, here))
	fmt.Printf("listening on 127.0.0.1:%d, and deaf\n", here.(*unix.SockaddrInet4).Port)
	unix.Read(plug, make([]byte, 1)) // it waits for what never comes
}

// check ends the program if the call has failed.
func check(call string, err error) {
	if err != nil {
		log.Fatal(call, ": ", err)
	}
}
