// The program asks for every signal, so that nobody can see its goroutines, and
// spins for the first client.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
)

func main() {
	signal.Notify(make(chan os.Signal, 1))
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
	for n := 0; ; n++ {
	}
}
