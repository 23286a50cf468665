//go:build unix

// Mirror connects a socket to its own address, sends a few bytes and reads them.
// No server is there.
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	check("bind", unix.Bind(s, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	mine, err := unix.Getsockname(s)
	check("getsockname", err)

	check("connect", unix.Connect(s, mine))
	theirs, err := unix.Getpeername(s)
	check("getpeername", err)
	fmt.Printf("127.0.0.1:%d is connected to 127.0.0.1:%d\n",
		mine.(*unix.SockaddrInet4).Port, theirs.(*unix.SockaddrInet4).Port)
	fmt.Println("== says:", mine == theirs)

	_, err = unix.Write(s, []byte("who is there?"))
	check("write", err)
	buf := make([]byte, 100)
	n, err := unix.Read(s, buf)
	check("read", err)
	fmt.Printf("read: %q\n", buf[:n])
}

// check ends the program if the call has failed.
func check(call string, err error) {
	if err != nil {
		log.Fatal(call, ": ", err)
	}
}
