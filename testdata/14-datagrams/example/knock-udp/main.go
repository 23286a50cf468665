// Knock-udp sends one datagram, and waits for one reply, but no longer than WAIT.
//
//	knock-udp ADDR WAIT TEXT
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	wait, err := time.ParseDuration(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	socket, err := net.Dial("udp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	n, err := socket.Write([]byte(os.Args[3]))
	fmt.Printf("Write: %d bytes, err = %v\n", n, err)

	socket.SetReadDeadline(time.Now().Add(wait))
	room := make([]byte, 100)
	n, err = socket.Read(room)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		fmt.Println("nothing came in", wait)
	}
	fmt.Printf("Read: %q, err = %v\n", room[:n], err)
}
