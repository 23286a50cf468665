// Belief: a client that connects has something to say, so the first Read brings at least one byte.
//
// Any client that connects and leaves without a word, a port scanner for one, ends the server.
//
// Caught by: 09-door-knock (crash).
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

// handle logs how the client begins, and echoes it and the rest.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err != nil && err != io.EOF {
		log.Println(conn.RemoteAddr(), err)
		return
	}
	log.Printf("%s begins with %q", conn.RemoteAddr(), buf[:n][0])
	if _, err := conn.Write(buf[:n]); err != nil {
		log.Println(conn.RemoteAddr(), err)
		return
	}
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
