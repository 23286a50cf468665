// Belief: when a write fails, so does the read, and both goroutines end.
//
// The reader waits to hand over a piece, in a channel from which nothing is taken any more: the goroutine stays.
//
// Caught by: 21-reset-while-pending (leak).
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
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo writes what a second goroutine reads, until the peer's end of stream.
func echo(conn net.Conn) error {
	chunks := make(chan []byte, 4)
	end := make(chan error, 1)
	go func() {
		defer close(chunks)
		for {
			b := make([]byte, 8192)
			n, err := conn.Read(b)
			if n > 0 {
				chunks <- b[:n]
			}
			if err == io.EOF {
				err = nil
				end <- err
				return
			}
			if err != nil {
				end <- err
				return
			}
		}
	}()
	for b := range chunks {
		if _, err := conn.Write(b); err != nil {
			return err
		}
	}
	return <-end
}
