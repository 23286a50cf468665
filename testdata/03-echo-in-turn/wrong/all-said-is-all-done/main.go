// Belief: a client that has said all has had its turn.
//
// Another goroutine writes the rest of its echo, and the next client is already served meanwhile.
//
// Caught by: 31-turns-are-long (out-of-turn).
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

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

func serve(ln net.Listener) error {
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, longest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		handle(conn)
	}
}

// How long to wait when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// depth is how many chunks may wait for the writer: 2 MiB at most.
const depth = 128

func handle(conn net.Conn) {
	chunks := make(chan []byte, depth)
	go write(conn, chunks)
	defer close(chunks) // write closes conn when nothing is left
	for {
		b := make([]byte, 16*1024)
		n, err := conn.Read(b)
		if n > 0 {
			chunks <- b[:n]
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			if !errors.Is(err, net.ErrClosed) { // else write has said it
				log.Println(conn.RemoteAddr(), err)
			}
			return
		}
	}
}

func write(conn net.Conn, chunks <-chan []byte) {
	defer conn.Close()
	for b := range chunks {
		if _, err := conn.Write(b); err != nil {
			log.Println(conn.RemoteAddr(), err)
			conn.Close() // wakes the reader
			for range chunks {
			}
			return
		}
	}
}
