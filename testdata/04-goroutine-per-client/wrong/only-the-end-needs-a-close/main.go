// Belief: only a connection that ended well must be closed; a broken one has gone by itself.
//
// Every client that vanishes leaves a socket behind, until the server has no descriptors left.
//
// Caught by: 16-reset-storm (leak).
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
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			conn.Close() // our goodbye
			return
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err) // it is dead already
			return
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
