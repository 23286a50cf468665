//go:build unix

// Belief: when all places are taken there is nothing to be done about the
// listener, so its turn is skipped.
//
// The listener stays ready, and each wait returns at once.
//
// Caught by: 54-at-most (busy-loop).
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
	limit := flag.Int("max", 0, "at most `N` clients at a time; 0: any number")
	flag.Parse()
	if err := run(*listen, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until waiting or accepting fails.
func run(addr string, limit int) error {
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
	s := &server{max: limit, ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	max     int // how many clients at a time, 0: any number
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	buf     [64 << 10]byte  // for every read; nothing stays in it
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
	if s.max > 0 && len(s.clients) == s.max {
		return nil // no place
	}
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

// step does what a ready client is ready for: while it has output pending it
// is watched for writing, otherwise for reading.
func (s *server) step(c *client) error {
	if len(c.pending) > 0 {
		return s.write(c, c.pending)
	}
	n, err := unix.Read(c.fd, s.buf[:])
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return io.EOF
	}
	return s.write(c, s.buf[:n])
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
