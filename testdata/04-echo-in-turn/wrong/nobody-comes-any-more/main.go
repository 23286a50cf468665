// Belief: when nobody has come for a while, nobody will come, and the server may go home.
//
// The first client after a quiet moment finds no server.
//
// Caught by: 08-five-in-turn (exited).
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

// quiet is how long the server waits for one more client.
const quiet = 500 * time.Millisecond

// serve takes clients from ln one at a time, until no more come.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			log.Println("no more clients")
			return nil
		}
		if err != nil {
			return err
		}
		handle(conn)
		ln.(*net.TCPListener).SetDeadline(time.Now().Add(quiet))
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
