// Belief: text ends in a newline, and who forgot it gets it from me.
//
// A file that has no newline at its end comes back one byte longer.
//
// Caught by: 08-half-close (extra-bytes).
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
	last := byte('\n')
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			last = buf[n-1]
			if _, err := conn.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if last != '\n' {
		// The client is done, so this line will not be finished any more.
		if _, err := io.WriteString(conn, "\n"); err != nil {
			return err
		}
	}
	return nil
}
