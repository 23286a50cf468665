// Belief: a client gives its place back when it says goodbye.
//
// One that ends with a reset keeps it. After N of them no client is served any more.
//
// Caught by: 43-at-most (silence).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	most := flag.Int("max", 0, "serve at most `N` clients at a time; 0 for no limit")
	flag.Parse()
	if err := run(*listen, *most); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string, most int) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, most)
}

// serve takes a client from ln whenever there is a place for one.
func serve(ln net.Listener, most int) error {
	take, free := places(most)
	for {
		take()
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			if handle(conn) {
				free()
			}
		}()
	}
}

// places returns what takes one of most places, and waits for it where there is
// none, and what gives it back.
func places(most int) (take, free func()) {
	if most <= 0 {
		return func() {}, func() {}
	}
	taken := make(chan struct{}, most)
	return func() { taken <- struct{}{} }, func() { <-taken }
}

// handle serves one client, closes conn, and reports whether it ended well.
func handle(conn net.Conn) bool {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
		return false
	}
	return true
}
