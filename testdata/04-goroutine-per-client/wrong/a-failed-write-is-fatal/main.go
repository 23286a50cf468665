// Belief: when a write fails, the program has failed.
//
// log.Fatal ends the service for all the others as well.
//
// Caught by: 20-reset-while-pending (exited).
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
)

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
		go talk(guest)
	}
}

func talk(guest net.Conn) {
	defer guest.Close()
	space := make([]byte, 2048)
	for {
		n, err := guest.Read(space)
		if n > 0 {
			if _, err := guest.Write(space[:n]); err != nil {
				log.Fatal("cannot write: ", err) // should be: return
			}
		}
		if err != nil {
			return
		}
	}
}
