// Echo-go with two goroutines for each client, one that reads and one that
// writes, and a short channel in between. Each buffer is sent, never shared, and
// both goroutines end: the reader closes the channel, the writer wakes the
// reader by closing the connection.
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

// serve takes clients from ln and gives each goroutines of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle reads from one client and leaves the replies to a writer.
func handle(conn net.Conn) {
	replies := make(chan []byte, 4)
	go write(conn, replies)
	defer close(replies)
	for {
		buf := make([]byte, 2048) // a new one: the last may still wait
		n, err := conn.Read(buf)
		if n > 0 {
			replies <- buf[:n] // a client that does not read is not read from
		}
		if err != nil {
			if err != io.EOF {
				log.Println(conn.RemoteAddr(), err)
			}
			return
		}
	}
}

// write sends replies until there are no more, and closes conn. After an error
// it only empties the channel, so that the reader is never left waiting.
func write(conn net.Conn, replies <-chan []byte) {
	defer conn.Close()
	for data := range replies {
		if _, err := conn.Write(data); err != nil {
			conn.Close()
			break
		}
	}
	for range replies {
	}
}
