// Belief: when a read fills the buffer, more of the message follows.
//
// So it is collected until a read is short. For a message that is exactly as
// long as the buffer that read never comes.
//
// Caught by: 13-sizes (silence).
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
	buf := make([]byte, 4097) // a page, and one byte to see that there is more
	var message []byte
	for {
		n, err := conn.Read(buf)
		message = append(message, buf[:n]...)
		if n == len(buf) && len(message) < 1<<20 {
			continue // there is more
		}
		if _, err := conn.Write(message); err != nil {
			return err
		}
		message = message[:0]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
