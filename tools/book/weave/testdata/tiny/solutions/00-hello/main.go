// Hello is a server that greets one client.
//
//	hello [ADDR]
package main

import (
	"fmt"
	"net"
	"os"
)

// greeting is what the client is told.
const greeting = "hello\n"

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	conn, err := ln.Accept()
	if err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
	greet(conn)
}

// greet greets the client behind conn.
func greet(conn net.Conn) {
	fmt.Fprint(conn, greeting)
	conn.Close()
}
