// Belief: a connection that fails before its first byte says that something is wrong with the listener.
//
// It says that a client has gone before its turn.
//
// Caught by: 29-gone-in-the-queue (exited).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
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
	for {
		conn, in, err := next(ln)
		if err != nil {
			return err
		}
		if _, err := in.WriteTo(conn); err != nil {
			log.Println(conn.RemoteAddr(), err)
		}
		conn.Close()
	}
}

// next returns a client that has something to say, or has ended in peace.
func next(ln net.Listener) (net.Conn, *bufio.Reader, error) {
	conn, err := ln.Accept()
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReader(conn)
	if _, err := in.Peek(1); err != nil && err != io.EOF {
		conn.Close()
		return nil, nil, fmt.Errorf("accept: %w", err)
	}
	return conn, in, nil
}
