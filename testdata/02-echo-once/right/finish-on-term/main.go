// SIGTERM closes the listener and nothing else. The client that is there is served to its end,
// and the address is free for the next process meanwhile.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

// run serves one client. When ctx is done it waits for no client any more, but
// goes on with the one it has.
func run(ctx context.Context, addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	context.AfterFunc(ctx, func() { ln.Close() })
	fmt.Println("listening on", ln.Addr())
	conn, err := ln.Accept()
	if err != nil {
		if ctx.Err() != nil {
			return nil // stopped, and not failed
		}
		return err
	}
	defer conn.Close()
	_, err = io.Copy(conn, conn)
	return err
}
