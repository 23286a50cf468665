// Echo-go with buffers from a sync.Pool. A handler takes one when it begins and
// gives it back when it is done with its client, so a buffer has one owner at
// any time, although it serves many clients in its life.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
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

var buffers = sync.Pool{New: func() any { return new([4096]byte) }}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := buffers.Get().(*[4096]byte)
	defer buffers.Put(buf)
	for {
		n, err := conn.Read(buf[:])
		if err == io.EOF {
			return
		}
		if err == nil {
			_, err = conn.Write(buf[:n])
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
