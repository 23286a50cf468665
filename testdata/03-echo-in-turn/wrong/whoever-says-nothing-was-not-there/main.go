// Belief: a client that leaves without a word needs no goodbye.
//
// Its connection is never closed.
//
// Caught by: 20-knocks-and-resets (leak).
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
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

var visits []net.Conn

func handle(conn net.Conn) {
	visits = append(visits, conn)
	n, err := io.Copy(conn, conn)
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
	if n == 0 {
		return // only a port scanner
	}
	conn.Close()
}
