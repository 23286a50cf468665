// Inbox receives N datagrams into a buffer of 8 bytes, and says what it got.
//
//	inbox ADDR N
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
)

func main() {
	most, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	socket, err := net.ListenPacket("udp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", socket.LocalAddr())
	room := make([]byte, 8)
	for range most {
		n, _, err := socket.ReadFrom(room)
		fmt.Printf("n = %d, err = %v: %q\n", n, err, room[:n])
	}
}
