// Belief: a server that waits in Accept hangs, so it must look for clients again and again.
//
// With no client connected the server uses a whole processor, and the fan goes on.
//
// Caught by: 13-after-idle (busy-loop).
package main

import (
	"errors"
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

// serve looks whether there is a client, serves it, and looks again.
func serve(ln net.Listener) error {
	door := ln.(*net.TCPListener)
	for {
		door.SetDeadline(time.Now().Add(time.Microsecond)) // a short look
		conn, err := door.Accept()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue // no client yet
		}
		if err != nil {
			return err
		}
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
