// The address is announced, and then standard output gets line after line
// without end. Nobody is ever accepted.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
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
	for i := 0; ; i++ {
		fmt.Println("still waiting for a client,", i)
	}
}
