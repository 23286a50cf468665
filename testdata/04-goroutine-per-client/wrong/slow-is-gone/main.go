// Belief: a client that does not read for a moment has gone away.
//
// A client on a slow line loses the connection and everything that was on its way.
//
// Caught by: 15-slow-reader (reset).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
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

// moment is how long a client may take to read one reply.
const moment = 500 * time.Millisecond

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

// handle serves one client to its end, or until it stops reading.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return
		}
		if err == nil {
			conn.SetWriteDeadline(time.Now().Add(moment))
			_, err = conn.Write(buf[:n])
			conn.SetWriteDeadline(time.Time{}) // no limit on silence
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}
