// Belief: a goroutine ends when the function that started it returns.
//
// Every client leaves a goroutine that waits at a channel forever; the server's memory only grows.
//
// Caught by: 18-goroutines-end (leak).
package main

import (
	"flag"
	"fmt"
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

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle serves one client, and has a helper that writes the log, so that the
// client does not wait for it.
func handle(conn net.Conn) {
	defer conn.Close()
	sizes := make(chan int, 8)
	go func() {
		for n := range sizes {
			log.Printf("%v: %d bytes", conn.RemoteAddr(), n)
		}
	}()

	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return // the helper has nothing to do any more
		}
		sizes <- n
		if _, err := conn.Write(buf[:n]); err != nil {
			return
		}
	}
}
