// Belief: a listener that accepts no more does no harm, so it may be closed with
// everything else, at the end.
//
// The successor cannot have the address before the last client has left.
//
// Caught by: 26-finish-on-term (exited).
package main

import (
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
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	if err := run(*listen, term); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

// run serves one client, and then closes the listener. A signal that comes
// before the client ends the wait for it; one that comes later changes nothing.
func run(addr string, term <-chan os.Signal) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	clients := make(chan net.Conn)
	failed := make(chan error, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			failed <- err
			return
		}
		clients <- conn
	}()
	select {
	case <-term:
		return nil
	case err := <-failed:
		return err
	case conn := <-clients:
		defer conn.Close()
		_, err := io.Copy(conn, conn)
		return err
	}
}
