// Belief: goroutines get a lock in the order in which they ask for it.
//
// Each piece is written by a goroutine of its own, under a lock: pieces come back in another order.
//
// Caught by: 06-mebibyte (wrong-bytes).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
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
		go handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
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

// echo sends back every byte until the peer's end of stream. A write that has
// to wait does not keep it from reading: each has a goroutine, and a lock sees
// to it that no two are mixed.
func echo(conn net.Conn) error {
	var (
		writing sync.WaitGroup
		mu      sync.Mutex // held while conn is written to
		failed  error      // used only while mu is held
		tickets = make(chan struct{}, 8)
	)
	for {
		buf := make([]byte, 8<<10)
		n, err := conn.Read(buf)
		if n > 0 {
			tickets <- struct{}{}
			writing.Go(func() {
				defer func() { <-tickets }()
				mu.Lock()
				defer mu.Unlock()
				if failed == nil {
					_, failed = conn.Write(buf[:n])
				}
			})
		}
		if err != nil {
			writing.Wait()
			if failed != nil {
				return failed
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}
