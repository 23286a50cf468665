// Belief: a server says who it is before anything else.
//
// The first thing that comes back is not what the client has sent, and all
// that follows is shifted.
//
// Caught by: 01-comes-and-goes (extra-bytes).
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
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

	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	return echo(conn)
}

func echo(conn net.Conn) error {
	// People connect by hand; tell them what this is.
	if _, err := io.WriteString(conn, "echo server ready\n"); err != nil {
		return err
	}
	_, err := io.Copy(conn, conn)
	return err
}
