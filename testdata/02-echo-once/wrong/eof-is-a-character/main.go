// Belief: the end of the input is a character, the 4 that Ctrl-D sends.
//
// A client whose data has a byte 4 in it is hung up on at that point.
//
// Caught by: 06-any-bytes (early-eof).
package main

import (
	"bytes"
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

// endOfFile is what Ctrl-D sends.
const endOfFile = 4

func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		text, _, last := bytes.Cut(buf[:n], []byte{endOfFile})
		if _, err := conn.Write(text); err != nil {
			return err
		}
		if last || err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
