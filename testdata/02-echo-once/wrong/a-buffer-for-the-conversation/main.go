// Belief: the buffer holds the conversation; make it large and nothing can
// happen.
//
// When the buffer is full, Read has no room, returns 0 at once, and the loop
// never ends.
//
// Caught by: 07-mebibyte (busy-loop).
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
	said := make([]byte, 256<<10)
	size := 0
	for {
		n, err := conn.Read(said[size:])
		if n > 0 {
			if _, err := conn.Write(said[size : size+n]); err != nil {
				return err
			}
			size += n
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
