// The announcement waits for a channel that nobody closes. Another goroutine
// sits in Accept, so the runtime sees no deadlock.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
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
	ready := make(chan struct{})
	go serve(ln)
	<-ready
	fmt.Println("listening on", ln.Addr())
}

// serve echoes to every client, each in a goroutine of its own.
func serve(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			io.Copy(conn, conn)
		}()
	}
}
