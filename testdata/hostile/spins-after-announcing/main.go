// The program announces its address and then burns a processor instead of
// accepting anybody.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"sync/atomic"
)

var ready atomic.Bool

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	for !ready.Load() {
	}
}
