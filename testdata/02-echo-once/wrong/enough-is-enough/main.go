// Belief: once I have written what I wanted to write, I may close.
//
// The client's other bytes are unread, so the kernel sends an RST, which can
// overtake the end of the echo.
//
// Caught by: 25-a-polite-limit (reset).
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	limit := flag.Int64("max", math.MaxInt64, "echo at most `N` bytes")
	flag.Parse()
	if err := run(*listen, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

func run(addr string, limit int64) error {
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
	// No byte more than allowed is read or written.
	_, err = io.Copy(conn, io.LimitReader(conn, limit))
	return err
}
