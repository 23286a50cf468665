// Belief: a timer that will find its client gone does no harm.
//
// It is not stopped when the visit ends, and holds the session with its buffer for an hour.
//
// Caught by: 33-nothing-kept (memory).
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

// A session is one visit.
type session struct {
	conn  net.Conn
	begin time.Time
	total int64
	buf   [8 << 10]byte
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	s := &session{conn: conn, begin: time.Now()}
	defer conn.Close()
	// The operator hears of clients that stay for very long.
	time.AfterFunc(time.Hour, func() {
		log.Println(s.conn.RemoteAddr(), "has its turn since", s.begin)
	})
	if err := s.echo(); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

func (s *session) echo() error {
	for {
		n, err := s.conn.Read(s.buf[:])
		s.total += int64(n)
		if n > 0 {
			if _, err := s.conn.Write(s.buf[:n]); err != nil {
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
