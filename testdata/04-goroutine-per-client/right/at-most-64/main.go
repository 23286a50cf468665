// Echo-go with at most 64 clients at once. A goroutine that is to serve a client
// takes a place first and gives it back when the client has left, so the limit
// is on clients who are served; later ones wait in the backlog.
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
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes a client from ln whenever there is a place for one.
func serve(ln net.Listener) error {
	places := make(chan struct{}, 64)
	for {
		places <- struct{}{}
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { <-places }()
			handle(conn)
		}()
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
