// Belief: once a client is accepted and in a queue, it is being served.
//
// Connecting is quick for all, but only one client at a time gets an answer.
//
// Caught by: 13-idle-neighbour (silence).
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

// serve takes clients from ln and queues them for the goroutine that serves
// them, so that Accept is never kept waiting.
func serve(ln net.Listener) error {
	clients := make(chan net.Conn, 128)
	go work(clients)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		clients <- conn
	}
}

// work serves the clients that come, beside the accept loop.
func work(clients <-chan net.Conn) {
	for conn := range clients {
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
