// Two-guests greets its first guest and listens until that guest has no more to
// say. Then it does the same for a second one, and ends.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())

	first, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(first, "you are the first")
	said, err := io.ReadAll(first) // until the guest's end of stream
	fmt.Printf("the first said %q, error: %v\n", said, err)
	first.Close()

	second, err := ln.Accept() // the same listener
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(second, "you are the second")
	said, err = io.ReadAll(second)
	fmt.Printf("the second said %q, error: %v\n", said, err)
	second.Close()
}
