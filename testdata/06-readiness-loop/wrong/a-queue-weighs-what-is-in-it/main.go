//go:build unix

// Belief: a queue of pieces is as large as the bytes in them.
//
// Each piece is a part of a whole read buffer, and keeps all of it.
//
// Caught by: 53-small-pieces (memory).
package main

import (
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
	buf     []byte          // for the next read; a new one when it is kept
}

type client struct {
	fd    int
	queue [][]byte // read from the client, and not yet taken by its socket
	ended bool     // its FIN has been read
	what  interest // what its socket is watched for
}

func (c *client) room() bool {
	n := 0
	for _, p := range c.queue {
		n += len(p)
	}
	return !c.ended && n < 128<<10
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
		if s.buf == nil {
			s.buf = make([]byte, 64<<10)
		}
		n, err := unix.Read(c.fd, s.buf)
		switch {
		case notNow(err):
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			c.ended = true
		case len(c.queue) > 0:
			c.queue = append(c.queue, s.buf[:n]) // without a copy
			s.buf = nil
		default:
			return s.write(c, s.buf[:n])
		}
	}
	if len(c.queue) > 0 {
		n, err := unix.Write(c.fd, c.queue[0])
		if notNow(err) {
			n = 0
		} else if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if c.queue[0] = c.queue[0][n:]; len(c.queue[0]) == 0 {
			c.queue[0] = nil
			c.queue = c.queue[1:]
		}
		if len(c.queue) == 0 {
			c.queue = nil
		}
	}
	if c.ended && len(c.queue) == 0 {
		return io.EOF
	}
	return s.watch(c)
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

func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if notNow(err) {
		n = 0
	} else if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if n < len(data) {
		c.queue = [][]byte{data[n:]}
		s.buf = nil
	}
	return s.watch(c)
}
