// Belief: a client speaks as soon as it is connected, so the first Read may stay in the accept loop.
//
// One client that connects and says nothing locks all others out.
//
// Caught by: 13-idle-neighbour (silence).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln. Only those who say something are worth a
// goroutine; the others have gone again.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		first := make([]byte, 4096)
		n, err := conn.Read(first)
		if err != nil {
			conn.Close()
			continue
		}
		go handle(conn, first[:n])
	}
}

// handle answers the first words of a client and then the rest.
func handle(conn net.Conn, first []byte) {
	defer conn.Close()
	if _, err := conn.Write(first); err != nil {
		log.Println(conn.RemoteAddr(), err)
		return
	}
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
