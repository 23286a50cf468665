// SIGTERM and SIGINT close the listener and the connection in hand, and the program ends at once with status 0. Each
// client's bytes are counted on standard error. The two halves of a connection
// are ended one after the other.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	context.AfterFunc(ctx, func() { ln.Close() })
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.(*net.TCPListener).AcceptTCP()
		if errors.Is(err, net.ErrClosed) && ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		handle(ctx, conn)
	}
}

func handle(ctx context.Context, conn *net.TCPConn) {
	release := context.AfterFunc(ctx, func() { conn.Close() })
	defer release()
	defer conn.Close()
	n, err := io.CopyBuffer(onlyWriter{conn}, onlyReader{conn}, make([]byte, 100_000))
	if err == nil {
		err = conn.CloseWrite()
	}
	log.Printf("%v: %d bytes, error: %v", conn.RemoteAddr(), n, err)
}

type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
