// Belief: a Read of zero bytes means that the client has not begun yet.
//
// One client that leaves without a word keeps the server busy forever, and no other client is served.
//
// Caught by: 09-door-knock (busy-loop).
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
		if err := handle(conn); err != nil {
			log.Println(conn.RemoteAddr(), err)
		}
	}
}

// handle waits for the client's first bytes, and echoes until it has said
// everything.
func handle(conn net.Conn) error {
	defer conn.Close()
	buf := make([]byte, 4096)
	n := 0
	for n == 0 { // nothing there yet
		n, _ = conn.Read(buf)
	}
	if _, err := conn.Write(buf[:n]); err != nil {
		return err
	}
	_, err := io.Copy(conn, conn)
	return err
}
