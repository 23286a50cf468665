//go:build unix

// Outcome dials one address and says what became of the dial. If it fails, each
// layer of its error gets a line.
//
//	outcome [-limit T] ADDR
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

func main() {
	limit := flag.Duration("limit", 0, "give up after this time")
	flag.Parse()
	phone := net.Dialer{Timeout: *limit}
	conn, err := phone.Dial("tcp", flag.Arg(0))
	if err == nil {
		fmt.Println("connected")
		conn.Close()
		return
	}
	fmt.Println("refused:", errors.Is(err, unix.ECONNREFUSED))
	late, ok := err.(net.Error)
	fmt.Println("too late:", ok && late.Timeout())
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Printf("%T: %v\n", err, err)
	}
}
