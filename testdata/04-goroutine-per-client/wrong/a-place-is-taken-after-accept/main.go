// Belief: it is enough to count the clients that are served, so a place is taken after Accept.
//
// All clients are accepted, and each that waits costs a descriptor and a goroutine.
//
// Caught by: 43-at-most (queue).
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

// serve takes a client from ln and serves them as places become free.
func serve(ln net.Listener, most int) error {
	take, free := places(most)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			take()
			defer free()
			handle(conn)
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

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
