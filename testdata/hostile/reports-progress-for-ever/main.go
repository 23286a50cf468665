// The first client's bytes are read, and then the program reports progress, ten
// times a second and without end. It makes none.
//
// Caught by: 01-one-line (silence), as 04-goroutine-per-client.
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
	conn, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	conn.Read(make([]byte, 512))
	for range time.Tick(100 * time.Millisecond) {
		fmt.Print(".")
	}
}
