// Last-word shows what becomes of a server's last word when its client has sent
// something that the server does not want to read. It is server and client.
//
//	last-word [-in-stages]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"syscall"
)

// size is how long the word is: more than the client's kernel takes at once.
const size = 1_000_000

func main() {
	inStages := flag.Bool("in-stages", false, "FIN first, then read, then close")
	flag.Parse()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(client, "a question")
	conn, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	conn.Write(make([]byte, size))
	if *inStages {
		go leave(conn.(*net.TCPConn))
	} else {
		conn.Close()
	}
	n, err := io.Copy(io.Discard, client)
	fmt.Printf("the whole word came: %v; a reset came: %v\n", n == size, errors.Is(err, syscall.ECONNRESET))
	client.Close()
}

// leave ends the direction to the client, takes what the client still sends,
// until its end, and closes.
func leave(c *net.TCPConn) {
	c.CloseWrite()
	io.Copy(io.Discard, c)
	c.Close()
}
