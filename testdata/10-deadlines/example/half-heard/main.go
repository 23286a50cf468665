// Half-heard asks for a line with a deadline that is over in the middle of it,
// and then asks once more.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	slow, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	conn, err := ln.Accept()
	check(err)

	r := bufio.NewReader(conn)
	slow.Write([]byte("hel"))
	r.Peek(3) // they have come
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	line(r)

	slow.Write([]byte("lo\n"))
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	line(r)
}

// line says what one ReadString brings.
func line(r *bufio.Reader) {
	text, err := r.ReadString('\n')
	if failed, ok := err.(*net.OpError); ok {
		err = failed.Err // without the addresses
	}
	fmt.Printf("%q, %v\n", text, err)
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
