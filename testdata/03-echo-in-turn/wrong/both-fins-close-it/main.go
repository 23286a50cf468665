// Belief: once both sides have sent their FIN, the socket is gone.
//
// Every client leaves a socket behind, until the server has no descriptors left and cannot accept any more.
//
// Caught by: 12-three-hundred (leak).
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
		handle(conn.(*net.TCPConn))
	}
}

// handle serves one client to its end. Its FIN has come when Copy returns;
// with ours the connection is over on both sides.
func handle(conn *net.TCPConn) {
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
		conn.Close() // no goodbye here
		return
	}
	if err := conn.CloseWrite(); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
