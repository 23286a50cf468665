// Caught by: 01-greets (wrong-bytes).
package main

import (
	"bufio"
	"net"
)

func main() {
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	conn, _ := ln.Accept()
	out := bufio.NewWriter(conn)
	out.WriteString("hello")
	out.Flush()
}
