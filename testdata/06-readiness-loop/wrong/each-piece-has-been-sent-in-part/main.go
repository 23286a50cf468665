//go:build unix

// Belief: when writev has taken n bytes, the pieces that it was given lose n
// bytes.
//
// All together do. Behind the one in which the write ended nothing is to be cut.
//
// Caught by: 15-pick-up-again (wrong-bytes).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	poll, err := newPoller()
	if err != nil {
		return err
	}
	if err := poll.add(ln, toRead); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

type client struct {
	fd    int
	queue [][]byte // read from the client, and not yet taken by its socket
	ended bool     // its FIN has been read
	what  interest // what its socket is watched for
}

func (c *client) room() bool {
	return !c.ended && total(c.queue) < 128<<10 && len(c.queue) < 128
}

func (s *server) loop() error {
	for {
		ready, err := s.poll.wait()
		if err != nil {
			return err
		}
		for _, fd := range ready {
			if fd != s.ln {
				s.turn(s.clients[fd])
			} else if err := s.accept(); err != nil {
				return err
			}
		}
	}
}

func (s *server) accept() error {
	fd, _, err := unix.Accept(s.ln)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil // it has left the queue again
	}
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	s.clients[fd] = &client{fd: fd, what: toRead}
	return s.poll.add(fd, toRead)
}

func (s *server) turn(c *client) {
	err := s.step(c)
	if err == nil {
		return
	}
	if err != io.EOF {
		log.Printf("client on descriptor %d: %v", c.fd, err)
	}
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	unix.Close(c.fd)
}

func (s *server) step(c *client) error {
	if c.room() {
		n, err := unix.Read(c.fd, s.buf[:])
		switch {
		case notNow(err):
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			c.ended = true
		default:
			c.queue = append(c.queue, bytes.Clone(s.buf[:n]))
		}
	}
	if len(c.queue) > 0 {
		n, err := unix.Writev(c.fd, c.queue)
		if notNow(err) {
			n = 0
		} else if err != nil {
			return fmt.Errorf("writev: %w", err)
		}
		c.queue = behind(c.queue, n)
	}
	if c.ended && len(c.queue) == 0 {
		return io.EOF
	}
	return s.watch(c)
}

func behind(pieces [][]byte, n int) [][]byte {
	var left [][]byte
	for _, p := range pieces {
		if n >= len(p) {
			n -= len(p)
			continue
		}
		left = append(left, p[n:])
	}
	return left
}

func total(pieces [][]byte) (n int) {
	for _, p := range pieces {
		n += len(p)
	}
	return n
}

func (s *server) watch(c *client) error {
	var what interest
	if c.room() {
		what |= toRead
	}
	if len(c.queue) > 0 {
		what |= toWrite
	}
	if what == c.what {
		return nil
	}
	c.what = what
	return s.poll.change(c.fd, what)
}
