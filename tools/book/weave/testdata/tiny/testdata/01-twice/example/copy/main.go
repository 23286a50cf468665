// Copy is too much like the answer.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	conn, err := ln.Accept()
	if err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
	}
	fmt.Fprintln(conn, "hello")
}
