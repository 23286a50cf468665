// The program panics in the goroutine of the first client that says something,
// and takes the whole server with it.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
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
		go handle(conn)
	}
}

// handle answers a client's first line.
func handle(conn net.Conn) {
	var line []byte
	conn.Read(make([]byte, 64))
	conn.Write(line[:1])
}
