// Belief: a client that does not read must not keep the server from reading, and a queue is there to grow.
//
// One client that sends and never reads takes all the memory there is, and with it the server from all others.
//
// Caught by: 29-reads-late (memory).
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

// serve takes clients from ln, for as long as the program runs. No client waits
// for another: whatever one of them does, the loop is soon back in Accept. An
// error of Accept ends serve, but for one: while there is no file descriptor for
// the next client, serve tries again and again, once a second at least.
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

// noDescriptor reports whether this process, or the whole system, has no file
// descriptor left for a new socket. Others will be closed.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// handle serves one client to its end and closes conn. It owns conn: no other
// goroutine reads, writes or closes it. What goes wrong with one client is
// logged, and is no reason to stop serving others.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back every byte that the peer sends, until the peer's end of
// stream. A second goroutine writes, so that a slow reader keeps nobody from
// reading; it has ended when echo returns.
func echo(conn net.Conn) error {
	q := queue{}
	q.changed.L = &q.mu
	written := make(chan error, 1)
	go func() {
		err := q.writeTo(conn)
		if err != nil {
			conn.(*net.TCPConn).CloseRead() // wakes the reader
		}
		written <- err
	}()
	read := q.readFrom(conn)
	return errors.Join(read, <-written)
}

// A queue has the bytes that have been read and not yet written.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	bytes   []byte
	ended   bool // nothing will be added
}

// readFrom adds what comes from conn, until its end of stream.
func (q *queue) readFrom(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		q.mu.Lock()
		q.bytes = append(q.bytes, buf[:n]...)
		q.ended = err != nil
		q.mu.Unlock()
		q.changed.Signal()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// writeTo takes all that is there and writes it, until the queue has ended.
func (q *queue) writeTo(conn net.Conn) error {
	for {
		q.mu.Lock()
		for len(q.bytes) == 0 && !q.ended {
			q.changed.Wait()
		}
		batch := q.bytes
		q.bytes = nil
		q.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		if _, err := conn.Write(batch); err != nil {
			return err
		}
	}
}
