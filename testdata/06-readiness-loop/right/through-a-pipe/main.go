//go:build linux

// The bytes go from the socket into a pipe and from there back, by splice(2). Only
// what a socket does not take comes into the memory of the program. What a client
// that has gone leaves in the pipe is taken out of it.
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
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe2: %w", err)
	}
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{},
		in: pipe[1], out: pipe[0]}
	return s.loop()
}

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	in, out int             // the ends of a pipe; every echo goes through it
}

// A client is what the loop must remember of one connection.
type client struct {
	fd      int
	pending []byte // read from the client, and not yet taken by its socket
}

// loop waits until sockets are ready, serves each of them once (the listener by
// accept, a client by turn), and waits again. It returns an error of the poller
// or of accept, and never without one.
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

// accept takes one client from the accept queue. Its socket is non-blocking and
// close-on-exec; it is among s.clients, and is watched for reading. That the
// client has left the queue again is no error.
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

// turn makes one step for a client that is ready. When step returns an error
// the connection ends, and no other: its socket is not watched any more, and is
// closed, and the client is forgotten. The error is logged, but for io.EOF.
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

// step writes once when output is pending for c; otherwise it moves what has
// come into the pipe, and from there back to the client. The bytes never enter
// this program's memory, unless the socket does not take them all.
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
		s.fetch(n) // the pipe is for the next client: it must be empty
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

// most is what one splice moves at the most: the size of a pipe.
const most = 64 << 10

// splice moves up to n bytes, without waiting.
func splice(from, to, n int) (int, error) {
	moved, err := unix.Splice(from, nil, to, nil, n,
		unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
	return int(moved), err
}

// fetch takes n bytes out of the pipe, in which they are.
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

// write gives the socket of c what is pending, in one call.
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
