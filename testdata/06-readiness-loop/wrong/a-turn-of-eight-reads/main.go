//go:build unix

// Belief: a few reads in a turn save a few waits, and the end of the stream is
// the end, whenever a read meets it.
//
// The write before it, in the same turn, may have left something.
//
// Caught by: 45-ended-already (early-eof).
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

// run listens on addr and serves clients until waiting or accepting fails.
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

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	buf     [16 << 10]byte  // for every read; nothing stays in it
}

// A client is what the loop must remember of one connection.
type client struct {
	fd      int
	pending []byte // read from the client, and not yet taken by its socket
}

// loop asks who is ready and does one thing for each of them.
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

// accept takes one client from the accept queue.
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
	s.clients[fd] = &client{fd: fd}
	return s.poll.add(fd, toRead)
}

// turn does one thing for a ready client, and ends its connection, and no
// other, when that fails or there is nothing left to do.
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

// step writes what is pending, or reads up to eight times and writes what has
// come.
func (s *server) step(c *client) error {
	if len(c.pending) > 0 {
		return s.write(c, c.pending)
	}
	for range 8 {
		n, err := unix.Read(c.fd, s.buf[:])
		switch {
		case notNow(err):
			return nil
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			return io.EOF
		}
		if err := s.keepOrWrite(c, s.buf[:n]); err != nil {
			return err
		}
	}
	return nil
}

// keepOrWrite writes data, or puts it after what is pending already.
func (s *server) keepOrWrite(c *client, data []byte) error {
	if len(c.pending) == 0 {
		return s.write(c, data)
	}
	c.pending = append(c.pending, data...)
	return nil
}

// write gives the socket what it takes of data. What it does not take stays
// pending, and until that is gone the client is not read from.
func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if err != nil && !notNow(err) {
		return fmt.Errorf("write: %w", err)
	}
	before := len(c.pending)
	if c.pending = data[max(n, 0):]; before == 0 {
		c.pending = bytes.Clone(c.pending) // buf belongs to the next client
	}
	switch after := len(c.pending); {
	case before == 0 && after > 0:
		return s.poll.change(c.fd, toWrite)
	case before > 0 && after == 0:
		c.pending = nil // an idle client keeps no buffer
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
