// Belief: reading may take long, but writing never waits, so one goroutine can write for all clients.
//
// One client that does not read stops the replies to all the others.
//
// Caught by: 15-slow-reader (silence).
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

// A reply is bytes on their way to a client; nil says that there are no more.
type reply struct {
	to   net.Conn
	data []byte
}

// serve takes clients from ln and gives each a goroutine that reads.
func serve(ln net.Listener) error {
	replies := make(chan reply, 100)
	go write(replies)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go read(conn, replies)
	}
}

func read(conn net.Conn, replies chan<- reply) {
	for {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			replies <- reply{conn, nil}
			return
		}
		replies <- reply{conn, buf[:n]}
	}
}

// write sends all replies in the order in which they were made.
func write(replies <-chan reply) {
	for r := range replies {
		if r.data == nil {
			r.to.Close()
		} else if _, err := r.to.Write(r.data); err != nil {
			log.Println(r.to.RemoteAddr(), err)
		}
	}
}
