// Belief: a client that cannot be served is better told so than left to wait.
//
// A descriptor is kept in reserve, to accept a client when there is no other, and to close it.
//
// Caught by: 21-no-descriptor (early-eof).
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
		fmt.Fprintln(os.Stderr, "echo-go:", err)
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

// serve takes clients from ln. It keeps a descriptor in reserve, so that a
// client that comes when there is no other does not hang in the queue.
func serve(ln net.Listener) error {
	spare, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; one client less, and %v of rest", err, pause)
			if spare != nil {
				spare.Close()
				ln.(*net.TCPListener).SetDeadline(time.Now().Add(shortest))
				if conn, err := ln.Accept(); err == nil {
					conn.Close()
				}
				ln.(*net.TCPListener).SetDeadline(time.Time{})
			}
			if spare, err = os.Open(os.DevNull); err != nil {
				spare = nil
			}
			time.Sleep(pause)
			pause = min(2*pause, 10*shortest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		go handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
)

func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back every byte until the peer's end of stream.
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
