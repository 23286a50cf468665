// Belief: goroutines are dangerous, and a lock around everything they do makes them safe.
//
// The lock is held as long as a client stays, so all the others wait for it.
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

var (
	mu     sync.Mutex // guards all below
	served int
)

// handle serves one client to its end and counts it.
func handle(conn net.Conn) {
	mu.Lock()
	defer mu.Unlock()
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
	served++
	log.Println("clients so far:", served)
}
