// Belief: a channel takes whatever is sent to it, whether a goroutine receives or not.
//
// The channel fills with errors, and from then on handlers hang before they close their connections.
//
// Caught by: 16-reset-storm (leak).
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

// errs collects what went wrong with clients, for a report at the end.
var errs = make(chan error, 16)

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			report()
			return err
		}
		go handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		errs <- fmt.Errorf("client %v: %w", conn.RemoteAddr(), err)
	}
}

// report logs the errors of all clients.
func report() {
	for len(errs) > 0 {
		log.Println(<-errs)
	}
}
