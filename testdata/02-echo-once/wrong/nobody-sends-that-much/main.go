// Belief: 64 KiB is more than anybody will ever send.
//
// Anything longer is cut off in the middle, politely and without an error.
//
// Caught by: 07-mebibyte (early-eof).
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

// limit keeps strangers from filling the memory.
const limit = 64 << 10

func echo(conn net.Conn) error {
	if _, err := io.Copy(conn, io.LimitReader(conn, limit)); err != nil {
		return err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	// Let the client finish, so that it sees a clean end.
	_, err := io.Copy(io.Discard, conn)
	return err
}
