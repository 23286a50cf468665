// Belief: a client that cannot be served soon is better off without its connection.
//
// A client that comes while another is served is hung up on after half a second.
//
// Caught by: 11-second-waits (early-eof).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
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

// patience is how long a client may have to wait for its turn.
const patience = 500 * time.Millisecond

// serve takes clients from ln and passes them on, one at a time.
func serve(ln net.Listener) error {
	next := make(chan net.Conn)
	go func() {
		for conn := range next {
			handle(conn)
		}
	}()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		select {
		case next <- conn:
		case <-time.After(patience):
			log.Println(conn.RemoteAddr(), "sent away: still busy")
			conn.Close() // it can come again
		}
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
