// The program takes the client's line and then burns a processor forever.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
package main

import (
	"bytes"
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

// handle cuts a client's line into words, and never gets to the next one.
func handle(conn net.Conn) {
	line := make([]byte, 64)
	n, _ := conn.Read(line)
	for rest := line[:n]; len(rest) > 0; {
		word, _, _ := bytes.Cut(rest, []byte(" "))
		rest = rest[:max(len(word), 1)]
	}
}
