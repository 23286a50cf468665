// Unread-mail writes to a peer that has closed already.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	conn, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	peer.Close() // it will never read
	_, err = conn.Read(make([]byte, 1))
	fmt.Println("Read:", err, err == io.EOF)
	n, err := conn.Write([]byte("hello"))
	fmt.Println("Write:", n, err)
	for err == nil { // until the RST has arrived
		_, err = conn.Write([]byte("hello"))
	}
	fmt.Println("Write:", err.(*net.OpError).Err)
}
