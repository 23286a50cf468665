// Belief: the program runs, so its word must be right.
//
// Every client is greeted by the wrong name.
//
// Caught by: 01-greeting (wrong-bytes).
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

// greeting is what every client is told.
const greeting = "hello, sprocket\n"

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())

	for {
		conn, err := ln.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "greeter:", err)
			os.Exit(1)
		}
		io.WriteString(conn, greeting) // a client that left early misses it, no more
		conn.Close()
	}
}
