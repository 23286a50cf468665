//go:build unix

// Belief: when a write fails its buffer must be given back there and then.
//
// drop gives it back once more, and then two clients have it.
//
// Caught by: 31-reset-while-pending (wrong-bytes).
package main

import (
	"flag"
	"fmt"
	"io"
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

type server struct {
	ln      int
	poll    *poller
	clients map[int]*client // by descriptor
	buf     [64 << 10]byte
	free    [][]byte // buffers for pending output
}

type client struct {
	fd      int
	room    []byte // of s.free, while output is pending
	pending []byte
}

func (s *server) loop() error {
	for {
		ready, err := s.poll.wait()
		if err != nil {
			return err
		}
		for _, fd := range ready {
			if fd == s.ln {
				err = s.accept()
			} else if c := s.clients[fd]; c != nil {
				s.turn(c)
			}
			if err != nil {
				return err
			}
		}
	}
}

func (s *server) accept() error {
	fd, _, err := unix.Accept(s.ln)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil
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

func (s *server) turn(c *client) {
	if err := s.step(c); err != nil {
		s.drop(c) // with an error or without one, the client has gone
	}
}

// give takes a buffer back.
func (s *server) give(room []byte) {
	if room != nil {
		s.free = append(s.free, room)
	}
}

// take returns a buffer.
func (s *server) take() []byte {
	last := len(s.free) - 1
	if last < 0 {
		return make([]byte, len(s.buf))
	}
	room := s.free[last]
	s.free = s.free[:last]
	return room
}

// drop ends one client's connection.
func (s *server) drop(c *client) {
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	s.give(c.room)
	unix.Close(c.fd)
}

func (s *server) step(c *client) error {
	if len(c.pending) > 0 {
		return s.write(c, c.pending)
	}
	n, err := unix.Read(c.fd, s.buf[:])
	if notNow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if n == 0 {
		return io.EOF
	}
	return s.write(c, s.buf[:n])
}

func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if err != nil {
		if !notNow(err) {
			s.give(c.room)
			return fmt.Errorf("write: %w", err)
		}
		n = 0
	}
	had := len(c.pending) > 0
	has := n < len(data)
	if has && !had {
		c.room = s.take()
	}
	c.pending = c.room[:copy(c.room, data[n:])]
	switch {
	case has && !had:
		return s.poll.change(c.fd, toWrite)
	case had && !has:
		s.give(c.room)
		c.room, c.pending = nil, nil
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
