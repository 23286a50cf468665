// Over lets a deadline pass, and reads on.
//
// It is both ends of one connection: a quiet peer, and a reader.
package main

import (
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	quiet, conn := pair()
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	read(conn, "a deadline, and a silence")

	quiet.Write([]byte("hello"))
	read(conn, "the same deadline, and hello")

	conn.SetReadDeadline(time.Now().Add(time.Minute))
	read(conn, "another deadline")
}

// read says what one Read brings.
func read(conn net.Conn, when string) {
	buf := make([]byte, 100)
	n, err := conn.Read(buf)
	if err != nil {
		err = err.(*net.OpError).Err // without the addresses
	}
	fmt.Printf("%-29s %q, %v\n", when+":", buf[:n], err)
}

// pair returns the two ends of a new connection.
func pair() (net.Conn, net.Conn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	near, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	far, err := ln.Accept()
	check(err)
	return near, far
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
