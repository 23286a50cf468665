// Belief: half a mebibyte is enough for what waits to be written, for all clients together.
//
// Some slow readers are within the budget, and the next one is hung up on.
//
// Caught by: 37-many-pending (reset).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
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

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

const (
	block  = 4096
	own    = 16      // blocks that one client may have waiting
	budget = 1 << 19 // bytes that all clients may
)

var waiting atomic.Int64

var errBudget = errors.New("too much is waiting to be written")

// handle reads ahead of a goroutine that writes.
func handle(conn net.Conn) {
	defer conn.Close()
	blocks, failed := make(chan []byte, own), make(chan error, 1)
	go func() { failed <- write(conn, blocks) }()
	err := read(conn, blocks)
	close(blocks)
	if err == errBudget {
		conn.(*net.TCPConn).SetLinger(0) // what the kernel holds for it goes, too
		log.Println(conn.RemoteAddr(), err)
		return
	}
	if err = errors.Join(err, <-failed); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

func read(conn net.Conn, blocks chan<- []byte) error {
	for {
		buf := make([]byte, block)
		n, err := conn.Read(buf)
		if n > 0 {
			if waiting.Add(int64(n)) > budget {
				return errBudget
			}
			blocks <- buf[:n]
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// write goes on after a failure, so that the reader never waits for room.
func write(conn net.Conn, blocks <-chan []byte) (failed error) {
	for b := range blocks {
		if failed == nil {
			if _, failed = conn.Write(b); failed != nil {
				conn.Close()
			}
		}
		waiting.Add(-int64(len(b)))
	}
	return failed
}
