// Belief: every client on this machine has the address 127.0.0.1.
//
// All of 127.0.0.0/8 is this machine. The client is sent away without a word.
//
// Caught by: 22-from-anywhere (early-eof).
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
	switch host, _, _ := net.SplitHostPort(conn.RemoteAddr().String()); host {
	case "127.0.0.1", "::1":
		return echo(conn)
	default:
		fmt.Fprintln(os.Stderr, "echo-once:", host, "is not this machine")
		return nil
	}
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
		if _, err := conn.Write(buf[:n]); err != nil {
			return err
		}
	}
}
