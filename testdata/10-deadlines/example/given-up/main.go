// Given-up waits for a Read and for time.After, whichever comes first. Then it
// reads again, in the same way, and the peer speaks at last.
package main

import (
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	peer, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	conn, err := ln.Accept()
	check(err)

	first := make(chan string, 1)
	go read(conn, first)
	select {
	case text := <-first:
		fmt.Printf("the first Read: %q\n", text)
	case <-time.After(50 * time.Millisecond):
		fmt.Println("the first Read is given up")
	}

	peer.Write([]byte("hello"))
	fmt.Printf("and it has brought %q\n", <-first)
}

// read sends what one Read of conn brings.
func read(conn net.Conn, to chan<- string) {
	buf := make([]byte, 100)
	n, err := conn.Read(buf)
	check(err)
	to <- string(buf[:n])
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
