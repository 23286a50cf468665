// Main sends on a channel that nobody receives from. The runtime sees that
// every goroutine sleeps and ends the program.
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
	addr := make(chan net.Addr)
	addr <- ln.Addr() // nobody receives yet, and nobody ever will
	go func() { fmt.Println("listening on", <-addr) }()
}
