// Belief: a stop is orderly when the exit status says so.
//
// The client at hand is cut off in the middle of its visit.
//
// Caught by: 35-orderly-stop (early-eof).
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
	go func() {
		<-stop
		os.Exit(0) // all is well
	}()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln one at a time, until ln is closed.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
