// Origin tells every sender where its datagram came from.
//
//	origin ADDR
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	socket, err := net.ListenPacket("udp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", socket.LocalAddr())
	room := make([]byte, 100)
	for {
		n, sender, err := socket.ReadFrom(room)
		if err != nil {
			log.Fatal(err)
		}
		said := fmt.Sprintf("%d bytes from %v", n, sender)
		socket.WriteTo([]byte(said), sender)
	}
}
