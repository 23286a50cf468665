// Forgetful reads all that its first guest says, and then waits for a second
// one. Only when that one has come does it close the first guest's connection.
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
	defer first.Close()
	said, err := io.ReadAll(first)
	fmt.Printf("the first said %q, error: %v\n", said, err)

	second, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	fmt.Println("the second is here")
}
