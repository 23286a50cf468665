//go:build linux

// Passport connects to a Unix socket and prints which process listens there.
//
//	passport PATH
package main

import (
	"fmt"
	"log"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: passport PATH")
		os.Exit(2)
	}
	guest, err := net.Dial("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	socket, err := guest.(*net.UnixConn).SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	var other *unix.Ucred
	socket.Control(func(fd uintptr) {
		const level, option = unix.SOL_SOCKET, unix.SO_PEERCRED
		other, err = unix.GetsockoptUcred(int(fd), level, option)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("pid=%d listens here, and is user %d\n", other.Pid, other.Uid)
}
