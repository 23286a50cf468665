// Once greets one client.
package main

import (
	"fmt"
	"net"
)

func main() {
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	conn, _ := ln.Accept()
	fmt.Fprintln(conn, "hello")
}
