//go:build unix

// Numbers makes three sockets, gives one back, and makes another.

//go:debug containermaxprocs=0
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	a, b, c := newSocket(), newSocket(), newSocket()
	fmt.Println("three sockets:", a, b, c)

	unix.Close(b)
	fmt.Println("after close, a new one:", newSocket())

	name, err := unix.Getsockname(a)
	address := name.(*unix.SockaddrInet4)
	fmt.Println("an address:", address.Addr, "port", address.Port, err)
	n, err := unix.Write(a, []byte("anybody there?"))
	fmt.Println("write:", n, err)
}

// newSocket returns the number of a new TCP socket.
func newSocket() int {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal("socket: ", err)
	}
	return s
}
