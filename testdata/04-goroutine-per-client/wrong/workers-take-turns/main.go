// Belief: sixty-four goroutines that are started once can serve any number of clients, one after another.
//
// A client may stay as long as it likes. Sixty-four that do are all that is served.
//
// Caught by: 40-eleven-hundred (silence).
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

// serve takes clients from ln and hands them to whichever worker is free.
func serve(ln net.Listener) error {
	clients := make(chan net.Conn)
	defer close(clients)
	for range 64 {
		go work(clients)
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		clients <- conn
	}
}

// work serves clients until there are no more.
func work(clients <-chan net.Conn) {
	for conn := range clients {
		handle(conn)
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
