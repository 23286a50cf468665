// Belief: a write that comes too late does not matter.
//
// It is given two seconds, and then the next read begins: bytes are lost.
//
// Caught by: 15-slow-reader (wrong-bytes).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
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
		guest.SetDeadline(time.Now().Add(2 * time.Second)) // so that an end of the program is noticed
		n, err := guest.Read(space)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err == io.EOF || n == 0 {
			return
		}
		guest.Write(space[:n]) // its error is not looked at
	}
}
