// Belief: on a network a carriage return alone is sent as CR NUL (RFC 854), so the NUL after one is no data.
//
// That is telnet. Here each byte has the same meaning, none: a file with 0D 00 in it comes back shorter.
//
// Caught by: 06-any-bytes (wrong-bytes).
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
	return serve(ln)
}

func serve(ln net.Listener) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	return echo(conn)
}

func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	var last byte // the byte before buf[0]
	for {
		n, err := conn.Read(buf)
		out := buf[:0]
		for _, b := range buf[:n] {
			if !(last == '\r' && b == 0) { // CR NUL stands for CR
				out = append(out, b)
			}
			last = b
		}
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
