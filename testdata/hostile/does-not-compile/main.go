// A name is used that nobody has declared, and one is declared that nobody
// uses.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

import (
	"fmt"
	"net"
)

func main() {
	ln, err := net.Listen("tcp", adress)
	if err != nil {
		return
	}
	conn, err := ln.Accept()
	fmt.Println("listening on", ln.Addr())
}
