// Belief: a flag that the loop looks at is enough to stop it.
//
// The loop looks when the client at hand has left, or, when there is none, when
// the next one comes. Until then the listener lets clients in.
//
// Caught by: 35-orderly-stop (no-eof).
package main

import (
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
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until it is asked to end.
func run(addr string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, stop)
}

// serve takes clients from ln one at a time, until a signal has come.
func serve(ln net.Listener, stop <-chan os.Signal) error {
	for len(stop) == 0 {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
	return nil
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
