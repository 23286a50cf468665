//go:build unix

// Belief: all pending output together needs at most 256 KiB.
//
// A few slow readers are within the budget, and the next one is hung up on.
//
// Caught by: 39-many-pending (reset).
package main

import (
	"bytes"
	"errors"
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

type server struct {
	ln      int
	poll    *poller
	clients map[int]*client
	kept    int // bytes pending, of all clients
	buf     [64 << 10]byte
}

// budget bounds the memory for all output that waits.
const budget = 256 << 10

var errBudget = errors.New("too much output is waiting")

type client struct {
	fd      int
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
			} else if c, ok := s.clients[fd]; ok {
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
		if err != io.EOF {
			log.Println("a client:", err)
		}
		if err == errBudget { // what the kernel holds for it goes, too
			unix.SetsockoptLinger(c.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		}
		s.drop(c)
	}
}

// drop ends one client's connection.
func (s *server) drop(c *client) {
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	unix.Close(c.fd)
	s.kept -= len(c.pending)
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
			return fmt.Errorf("write: %w", err)
		}
		n = 0
	}
	had := len(c.pending) > 0
	if s.kept-len(c.pending)+len(data)-n > budget {
		return errBudget
	}
	s.kept += len(data) - n - len(c.pending)
	c.pending = bytes.Clone(data[n:])
	has := len(c.pending) > 0
	switch {
	case has && !had:
		return s.poll.change(c.fd, toWrite)
	case had && !has:
		c.pending = nil
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
