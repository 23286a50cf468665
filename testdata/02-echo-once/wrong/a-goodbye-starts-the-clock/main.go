// Belief: who has said goodbye reads the rest soon.
//
// One goroutine reads and another writes. When the reader has the FIN it gives
// the writer a quarter of an hour more.
//
// Caught by: 24-late-after-the-fin (early-eof).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// grace is for how long a client that has sent its FIN may still read.
const grace = 15 * time.Minute

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

// echo sends back what comes. Between the two goroutines there is room for some
// blocks.
func echo(conn net.Conn) error {
	blocks, failed := make(chan []byte, 64), make(chan error, 1)
	go func() {
		defer close(blocks)
		for {
			buf := make([]byte, 4096)
			n, err := conn.Read(buf)
			if err == io.EOF {
				conn.SetWriteDeadline(time.Now().Add(grace))
			}
			if n > 0 {
				blocks <- buf[:n]
			}
			if err != nil {
				failed <- err
				return
			}
		}
	}()
	for block := range blocks {
		_, err := conn.Write(block)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil // it has had its time
		}
		if err != nil {
			return err
		}
	}
	if err := <-failed; err != io.EOF {
		return err
	}
	return nil
}
