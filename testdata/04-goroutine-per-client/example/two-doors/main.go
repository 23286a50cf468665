// Two-doors has a front door and a back door, and greets one guest at each. It
// waits at both at the same time.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	front, back := open(), open()
	fmt.Println("front door:", front.Addr())
	fmt.Println("back door:", back.Addr())
	go greet(front, "front")
	greet(back, "back")
}

// open returns a listener at a port that the kernel chooses.
func open() net.Listener {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return ln
}

// greet waits for one guest at a door, and greets it.
func greet(door net.Listener, name string) {
	guest, err := door.Accept()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(guest, "welcome at the", name, "door")
	io.Copy(io.Discard, guest) // until the guest has no more to say
	guest.Close()
}
