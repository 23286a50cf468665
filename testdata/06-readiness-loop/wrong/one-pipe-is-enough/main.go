//go:build linux

// Belief: the loop does one thing at a time, so one pipe is enough, through
// which each echo goes from a socket back to it, by splice(2).
//
// What a failed write leaves in the pipe is the next client's.
//
// Caught by: 38-gone-in-the-queue (wrong-bytes).
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
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe2: %w", err)
	}
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{},
		in: pipe[1], out: pipe[0]}
	return s.loop()
}

type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	in, out int             // the ends of a pipe; every echo goes through it
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
	if len(c.pending) > 0 {
		return s.write(c)
	}
	n, err := splice(c.fd, s.in, most)
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return fmt.Errorf("splice from the client: %w", err)
	case n == 0:
		return io.EOF
	}
	taken, err := splice(s.out, c.fd, n)
	if notNow(err) {
		taken = 0
	} else if err != nil {
		return fmt.Errorf("splice to the client: %w", err)
	}
	if taken == n {
		return nil
	}
	if c.pending, err = s.fetch(n - taken); err != nil {
		return err
	}
	return s.poll.change(c.fd, toWrite)
}

const most = 64 << 10

func splice(from, to, n int) (int, error) {
	moved, err := unix.Splice(from, nil, to, nil, n,
		unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
	return int(moved), err
}

func (s *server) fetch(n int) ([]byte, error) {
	data := make([]byte, n)
	for have := 0; have < n; {
		m, err := unix.Read(s.out, data[have:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read from the pipe: %w", err)
		}
		have += m
	}
	return data, nil
}

func (s *server) write(c *client) error {
	n, err := unix.Write(c.fd, c.pending)
	if notNow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if c.pending = c.pending[n:]; len(c.pending) > 0 {
		return nil
	}
	c.pending = nil
	return s.poll.change(c.fd, toRead)
}
