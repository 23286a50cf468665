// Belief: what a client says first is short, so it can be kept for the operator.
//
// It is up to 4,096 bytes of every client that ever came.
//
// Caught by: 33-nothing-kept (memory).
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

// serve takes clients from ln one at a time.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

// openings has how each client began.
var openings [][]byte

// handle notes how one client begins, and echoes it and the rest.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	n, _ := conn.Read(buf)
	if n == 0 {
		return
	}
	openings = append(openings, buf[:n])
	_, err := conn.Write(buf[:n])
	if err == nil {
		_, err = io.Copy(conn, conn)
	}
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
