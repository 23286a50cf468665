// Belief: one Read returns everything that the client will ever say.
//
// Whatever the client says after its first bytes is lost, and it is hung up
// on.
//
// Caught by: 03-no-newline (early-eof).
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
	// Read waits for the client's message.
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = conn.Write(buf[:n])
	return err
}
