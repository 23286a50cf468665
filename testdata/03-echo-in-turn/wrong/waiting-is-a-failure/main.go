// Belief: a client that cannot be served at once is better off without its connection.
//
// A client that comes while another one is served is hung up on.
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
	"sync"
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

// busy is locked while there is a client.
var busy sync.Mutex

// serve takes clients from ln and serves one at a time.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if !busy.TryLock() {
			log.Println(conn.RemoteAddr(), "sent away: busy")
			conn.Close() // it can come again
			continue
		}
		go handle(conn)
	}
}

// handle serves one client to its end, and makes room for the next.
func handle(conn net.Conn) {
	defer conn.Close()
	defer busy.Unlock()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
