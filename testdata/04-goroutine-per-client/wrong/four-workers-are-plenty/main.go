// Belief: four workers can serve any number of clients, as they can with short jobs.
//
// A client is a job that lasts as long as it stays: the fifth waits until one of the four leaves.
//
// Caught by: 14-interleave (silence).
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

// workers is how many goroutines serve clients: two for each processor.
const workers = 4

// serve takes clients from ln and leaves them to the workers.
func serve(ln net.Listener) error {
	clients := make(chan net.Conn)
	for range workers {
		go func() {
			for conn := range clients {
				handle(conn)
			}
		}()
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		clients <- conn // to whoever is free
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
