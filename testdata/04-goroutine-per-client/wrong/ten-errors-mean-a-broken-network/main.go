// Belief: one client may fail, but after ten errors the network is broken and the server must stop.
//
// A handful of clients that vanish ends the server for all that stayed.
//
// Caught by: 16-reset-storm (exited).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
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

// failures counts the connections that ended with an error.
var (
	mu       sync.Mutex
	failures int
)

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		mu.Lock()
		defer mu.Unlock()
		log.Println(conn.RemoteAddr(), err)
		if failures++; failures > 10 {
			log.Fatal("too many errors, something must be wrong")
		}
	}
}
