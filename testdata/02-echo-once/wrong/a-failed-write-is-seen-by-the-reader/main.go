// Belief: a write that fails closes the connection, and the reader finds that out.
//
// A reader that has seen the client's FIN reads no more: it waits until all is
// written, and the writer has gone.
//
// Caught by: 19-reset-while-sending (no-exit).
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
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
	// An interrupt ends the conversation, and so the program.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	return echo(conn)
}

func echo(conn net.Conn) error {
	chunks := make(chan []byte, 128)
	drained := make(chan struct{})
	go write(conn, chunks, drained)
	defer close(chunks)
	for {
		buf := make([]byte, 16<<10)
		n, err := conn.Read(buf)
		if n > 0 {
			chunks <- buf[:n]
		}
		if err == io.EOF {
			chunks <- nil
			<-drained
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// write sends back what comes, and says when a nil comes that all is sent.
func write(conn net.Conn, chunks <-chan []byte, drained chan<- struct{}) {
	for b := range chunks {
		if b == nil {
			close(drained)
			return
		}
		if _, err := conn.Write(b); err != nil {
			conn.Close()
			for range chunks { // until the reader has seen it
			}
			return
		}
	}
}
