// Belief: when the client has finished, the rest is gone in a moment.
//
// A goroutine writes what another one reads. At the end of the stream it has a
// fiftieth of a second for what is left; a client that reads later loses it.
//
// Caught by: 18-late-reader (early-eof).
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
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
	chunks := make(chan []byte, 64)
	done := make(chan error, 1)
	go func() { done <- write(conn, chunks) }()
	for {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if n > 0 {
			select {
			case chunks <- buf[:n]:
			case err := <-done:
				return err
			}
		}
		if err == io.EOF {
			close(chunks)
			break
		}
		if err != nil {
			return err
		}
	}
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

func write(conn net.Conn, chunks <-chan []byte) error {
	for chunk := range chunks {
		if _, err := conn.Write(chunk); err != nil {
			return err
		}
	}
	return nil
}
