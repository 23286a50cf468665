// Belief: Write has sent the bytes in no time, so a buffer can be used again after a hundred others.
//
// A client that reads slowly gets bytes that other clients sent.
//
// Caught by: 15-slow-reader (wrong-bytes).
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

// Memory is not free: all clients share these buffers, which are used in turn.
var (
	ring [100][512]byte
	turn atomic.Uint32
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
	for {
		buf := ring[turn.Add(1)%100][:] // the one that rested longest
		n, err := conn.Read(buf)
		if err == io.EOF {
			return
		}
		if err == nil {
			_, err = conn.Write(buf[:n])
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
