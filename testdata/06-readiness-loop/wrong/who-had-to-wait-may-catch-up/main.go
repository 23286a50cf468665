//go:build unix

// Belief: a client whose output had to wait is behind the others, so it may catch
// up when it has gone.
//
// With much to say, it need never be done.
//
// Caught by: 25-fair (out-of-turn).
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
	fd      int
	pending []byte // read from the client, and not yet taken by its socket
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
	s.clients[fd] = &client{fd: fd}
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
	if len(c.pending) == 0 {
		_, err := s.pass(c)
		return err
	}
	if err := s.write(c, c.pending); err != nil {
		return err
	}
	for len(c.pending) == 0 {
		if more, err := s.pass(c); err != nil || !more {
			return err
		}
	}
	return nil
}

func (s *server) pass(c *client) (bool, error) {
	n, err := unix.Read(c.fd, s.buf[:])
	switch {
	case notNow(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read: %w", err)
	case n == 0:
		return false, io.EOF
	}
	return true, s.write(c, s.buf[:n])
}

func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if notNow(err) {
		n = 0 // it is -1: nothing was taken
	} else if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	switch rest, waited := data[n:], len(c.pending) > 0; {
	case !waited && len(rest) > 0:
		c.pending = bytes.Clone(rest) // buf belongs to the next client
		return s.poll.change(c.fd, toWrite)
	case waited && len(rest) > 0:
		c.pending = rest
	case waited:
		c.pending = nil // an idle client keeps no buffer
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
