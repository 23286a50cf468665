// Belief: ten clients at once are enough, and more can only be an attack.
//
// On a busy day every client after the tenth is hung up on without a word.
//
// Caught by: 14-interleave (early-eof).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
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

// active counts the clients that are connected.
var active atomic.Int32

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if active.Add(1) > 10 {
			go turnAway(conn.(*net.TCPConn))
			continue
		}
		go handle(conn)
	}
}

func handle(conn net.Conn) {
	defer conn.Close()
	defer active.Add(-1)
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// turnAway hangs up politely: with a FIN, and a reset only for the stubborn.
func turnAway(conn *net.TCPConn) {
	defer conn.Close()
	defer active.Add(-1)
	conn.CloseWrite()
	io.Copy(io.Discard, conn)
}
