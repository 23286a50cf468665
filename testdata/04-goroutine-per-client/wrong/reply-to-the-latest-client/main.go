// Belief: the client that we talk to is the one that connected last.
//
// As soon as a second client comes, the first one's echo goes to the wrong connection.
//
// Caught by: 13-idle-neighbour (early-eof).
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

// client is where replies go.
var client net.Conn

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		client = conn
		go handle(conn)
	}
}

// handle reads what conn has to say and answers its client.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return
		}
		if err == nil {
			_, err = client.Write(buf[:n])
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
