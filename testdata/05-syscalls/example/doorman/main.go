//go:build unix

// Doorman greets one guest and goes home. It is made of system calls.
//
//	doorman [-reuse] [-port N]

//go:debug containermaxprocs=0
package main

import (
	"flag"
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	reuse := flag.Bool("reuse", false, "set SO_REUSEADDR")
	port := flag.Int("port", 0, "port `N`")
	flag.Parse()

	door, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	if *reuse {
		err = unix.SetsockoptInt(door, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		check("setsockopt", err)
	}
	here := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: *port}
	check("bind", unix.Bind(door, &here))
	check("listen", unix.Listen(door, 5))

	bound, err := unix.Getsockname(door)
	check("getsockname", err)
	fmt.Printf("listening on 127.0.0.1:%d\n", bound.(*unix.SockaddrInet4).Port)

	guest, from, err := unix.Accept(door)
	check("accept", err)
	fmt.Printf("the door is %d, the guest is %d, from 127.0.0.1:%d\n",
		door, guest, from.(*unix.SockaddrInet4).Port)
	_, err = unix.Write(guest, []byte("good evening\n"))
	check("write", err)
	check("close", unix.Close(guest))
	check("close", unix.Close(door))
}

// check ends the program if the call has failed.
func check(call string, err error) {
	if err != nil {
		log.SetFlags(0)
		log.Fatal("doorman: ", call, ": ", err)
	}
}
