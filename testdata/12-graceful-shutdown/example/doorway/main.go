// Doorway lets one client in, closes its listener while it waits for the next
// one, and says what becomes of the two.
//
//	doorway
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", door.Addr())
	guest, err := door.Accept()
	if err != nil {
		log.Fatal(err)
	}

	go door.Close() // while Accept waits
	_, err = door.Accept()
	fmt.Println("Accept returns net.ErrClosed:", errors.Is(err, net.ErrClosed))

	io.WriteString(guest, "the door is closed; what can I do for you?\n")
	io.Copy(guest, guest) // until its FIN
	guest.Close()
}
