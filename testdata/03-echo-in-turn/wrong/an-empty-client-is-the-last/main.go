// Belief: a client that sends nothing is the sign that no more clients will come.
//
// Any client can stop the server by connecting and leaving without a word.
//
// Caught by: 09-door-knock (exited).
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

// serve takes clients from ln one at a time, until there are no more.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		total, err := echo(conn)
		conn.Close()
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			continue
		}
		if total == 0 {
			return nil // no client is left
		}
	}
}

// echo sends back what comes and returns how much it was.
func echo(conn net.Conn) (int64, error) {
	return io.Copy(conn, conn)
}
