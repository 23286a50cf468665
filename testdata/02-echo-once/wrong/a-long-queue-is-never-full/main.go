// Belief: with room for many pieces between reader and writer neither ever waits for the other.
//
// A client that sends and does not read is read on and on, and all of it is kept in memory.
//
// Caught by: 15-reads-late (memory).
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
	chunks := make(chan []byte, 65536)
	failed := make(chan error, 1)
	go func() {
		defer close(chunks)
		buf := make([]byte, 1000)
		for {
			n, err := conn.Read(buf)
			if n > 0 {
				chunks <- append([]byte(nil), buf[:n]...)
			}
			if err != nil {
				failed <- err
				return
			}
		}
	}()

	var broken error
	for chunk := range chunks {
		if broken == nil {
			_, broken = conn.Write(chunk)
		}
		if broken != nil {
			conn.Close() // ends the reader; the rest of the chunks is lost
		}
	}
	if err := <-failed; err != io.EOF && broken == nil {
		return err
	}
	return broken
}
