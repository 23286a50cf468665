//go:build unix

// Visitor is a client made of system calls. It sends its words, says that it has
// no more, and prints each piece of the reply.
//
//	visitor ADDR WORDS
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: visitor ADDR WORDS")
	}
	addr, err := netip.ParseAddrPort(os.Args[1])
	check("address", err)
	server := unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}

	s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	check("connect", unix.Connect(s, &server))
	fmt.Println("connected")
	n, err := unix.Write(s, []byte(os.Args[2]))
	fmt.Printf("write: %d, error %v\n", n, err)
	check("shutdown", unix.Shutdown(s, unix.SHUT_WR))
	for buf := make([]byte, 10); ; {
		n, err := unix.Read(s, buf)
		fmt.Printf("read: %d, error %v: %q\n", n, err, buf[:max(n, 0)])
		if n <= 0 {
			break
		}
	}
	check("close", unix.Close(s))
}

// check ends the program if the call has failed.
func check(call string, err error) {
	if err != nil {
		log.SetFlags(0)
		log.Fatal("visitor: ", call, ": ", err)
	}
}
