// Every client gets bytes as fast as the network takes them, without end,
// whether it wants them or not.
//
// Caught by: 01-one-line (wrong-bytes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go flood(conn)
	}
}

// flood sends for as long as the peer is there.
func flood(conn net.Conn) {
	defer conn.Close()
	chunk := make([]byte, 64<<10)
	for {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
}
