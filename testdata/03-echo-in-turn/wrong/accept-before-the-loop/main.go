// Belief: the loop of a server is around the handler; the connection was made before.
//
// After the first client the server burns a processor with a connection that is closed, and no other client is served.
//
// Caught by: 08-five-in-turn (busy-loop).
package main

import (
	"flag"
	"fmt"
	"io"
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

// serve opens the door and then handles clients forever.
func serve(ln net.Listener) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	for {
		handle(conn)
	}
}

// handle serves one client. How it left does not matter to the next one.
func handle(conn net.Conn) {
	defer conn.Close()
	echo(conn)
}

// echo sends back what comes, until the client has no more to say.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
