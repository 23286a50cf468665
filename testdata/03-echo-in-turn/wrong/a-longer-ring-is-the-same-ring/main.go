// Belief: a ring that is copied into a longer one is the same ring.
//
// When it is full it has turned, so the first in line does not lie first: those that came last are served next.
//
// Caught by: 34-long-queue (out-of-turn).
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

// A line is a queue of clients, in a ring.
type line struct {
	mu      sync.Mutex
	change  sync.Cond
	places  []net.Conn
	first   int // index of the one who is next
	waiting int
	err     error // no one will come any more
}

func newLine() *line {
	l := &line{places: make([]net.Conn, 128)}
	l.change.L = &l.mu
	return l
}

func (l *line) join(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting == len(l.places) {
		longer := make([]net.Conn, 2*len(l.places))
		copy(longer, l.places)
		l.places, l.first = longer, 0
	}
	l.places[(l.first+l.waiting)%len(l.places)] = conn
	l.waiting++
	l.change.Signal()
}

func (l *line) close(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.change.Signal()
}

// next waits for a client. It returns an error when accepting has failed.
func (l *line) next() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.waiting == 0 && l.err == nil {
		l.change.Wait()
	}
	if l.err != nil {
		return nil, l.err
	}
	conn := l.places[l.first]
	l.places[l.first] = nil
	l.first = (l.first + 1) % len(l.places)
	l.waiting--
	return conn, nil
}

func serve(ln net.Listener) error {
	l := newLine()
	go func() { l.close(accept(ln, l)) }()
	for {
		conn, err := l.next()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

func accept(ln net.Listener, l *line) error {
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
		l.join(conn)
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

func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

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
