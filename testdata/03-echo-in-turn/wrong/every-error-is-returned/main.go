// Belief: good Go code returns every error to its caller, and main writes it down.
//
// One client's reset travels up to main and ends the server, with status 0 as if all were well.
//
// Caught by: 10-reset (exited).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		log.Println(err)
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

// serve takes clients from ln one at a time. Errors are not swallowed here.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if err := handle(conn); err != nil {
			return fmt.Errorf("client %v: %w", conn.RemoteAddr(), err)
		}
	}
}

func handle(conn net.Conn) error {
	defer conn.Close()
	return echo(conn)
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
