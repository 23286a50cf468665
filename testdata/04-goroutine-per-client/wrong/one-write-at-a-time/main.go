// Belief: Write is quick and needs a lock, or the bytes of two clients get mixed.
//
// One client that does not read stops the replies to all the others.
//
// Caught by: 15-slow-reader (silence).
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

// writing makes sure that only one goroutine writes at a time.
var writing sync.Mutex

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

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return
		}
		if err == nil {
			writing.Lock()
			_, err = conn.Write(buf[:n])
			writing.Unlock()
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
