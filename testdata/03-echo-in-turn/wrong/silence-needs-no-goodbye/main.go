// Belief: a client that has said nothing expects nothing, not even a FIN.
//
// Its connection is closed with SO_LINGER 0, and so by a reset.
//
// Caught by: 09-door-knock (reset).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln one after another.
func serve(ln net.Listener) error {
	pause := 5 * time.Millisecond
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
		}
		if err != nil {
			return err
		}
		pause = 5 * time.Millisecond
		handle(conn)
	}
}

// noDescriptor reports whether there is no file descriptor for a new socket.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	n, err := io.Copy(conn, conn)
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
	if n == 0 {
		// A scanner. It shall leave no traces, such as TIME-WAIT, with us.
		conn.(*net.TCPConn).SetLinger(0)
	}
}
