// Belief: the client closed the connection, so the connection is closed.
//
// Clients wait for the server's FIN forever, and the server's sockets pile up in CLOSE-WAIT.
//
// Caught by: 07-half-close (no-eof).
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
		if err := echo(conn); err != nil {
			log.Println(conn.RemoteAddr(), err)
			conn.Close() // something is wrong with this one
		}
	}
}

// echo sends back what comes until the client closes the connection.
func echo(conn net.Conn) error {
	_, err := io.Copy(conn, conn)
	return err
}
