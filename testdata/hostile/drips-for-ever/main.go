// Nothing is read. Every 50 ms the client gets one byte, so that something
// always seems to happen.
//
// Caught by: 01-one-line (wrong-bytes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"time"
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
		go drip(conn)
	}
}

// drip keeps a client busy.
func drip(conn net.Conn) {
	for {
		conn.Write([]byte("."))
		time.Sleep(50 * time.Millisecond)
	}
}
