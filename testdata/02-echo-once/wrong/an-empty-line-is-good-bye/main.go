// Belief: each Read returns one line as it was typed, and an empty one says
// goodbye.
//
// When the newline travels alone, the client is hung up on in the middle of
// its line.
//
// Caught by: 04-byte-by-byte (early-eof).
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
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		// Return pressed and nothing typed: the user is finished.
		if line := string(buf[:n]); line == "\n" || line == "\r\n" {
			return nil
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return err
		}
	}
}
