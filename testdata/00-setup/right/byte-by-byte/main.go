// The greeting goes out in fourteen writes of one byte, and the FIN before
// the close. That is correct, too: a stream of bytes has no trace of the
// writes that filled it.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
)

// greeting is what every client is told.
var greeting = []byte("hello, socket\n")

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := serve(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	var config net.ListenConfig
	ln, err := config.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Printf("listening on %v\n", ln.Addr())

	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		greet(conn.(*net.TCPConn))
	}
}

func greet(conn *net.TCPConn) {
	defer conn.Close()
	for i := range greeting {
		if _, err := conn.Write(greeting[i : i+1]); err != nil {
			return // the client left early; the next one may stay
		}
	}
	conn.CloseWrite()
}
