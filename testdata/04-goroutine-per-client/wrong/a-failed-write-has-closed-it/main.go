// Belief: a connection on which a write has failed is closed already.
//
// Its socket is not: each such client leaves one behind.
//
// Caught by: 20-reset-while-pending (leak).
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"sync"
)

var here sync.Map // who is connected, as many servers keep it

func main() {
	at := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	door, err := net.Listen("tcp", *at)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", door.Addr())
	for {
		guest, err := door.Accept()
		if err != nil {
			log.Fatal(err)
		}
		here.Store(guest, true)
		go talk(guest)
	}
}

func talk(guest net.Conn) {
	space := make([]byte, 2048)
	for {
		n, err := guest.Read(space)
		if err != nil {
			here.Delete(guest)
			guest.Close()
			return
		}
		if _, err := guest.Write(space[:n]); err != nil {
			log.Println("cannot write:", err)
			return // the socket is kept forever
		}
	}
}
