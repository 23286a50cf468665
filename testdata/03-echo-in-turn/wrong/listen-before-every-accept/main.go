// Belief: Listen and Accept belong together, so both go into the loop.
//
// The server ends with "address already in use" as soon as its first client has left.
//
// Caught by: 08-five-in-turn (exited).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		log.Println(err)
	}
}

// run serves one client after another.
func run(addr string) error {
	announced := false
	for {
		// Be ready for the next client ...
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		if !announced {
			fmt.Println("listening on", ln.Addr())
			addr = ln.Addr().String() // the next ones must find the same port
			announced = true
		}
		// ... and wait for it.
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
