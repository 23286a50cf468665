//go:build unix

// Belief: the record of a client that has left can be used again when nothing is
// pending in it.
//
// That its FIN had come is also in there. A client that sends its FIN and then
// resets leaves it behind.
//
// Caught by: 20-reset-while-pending (reset).
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
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	used    []*client       // records of clients that have left
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

// A client is what the loop must remember of one connection.
type client struct {
	fd      int
	pending []byte // read from the client, and not yet taken by its socket
	fin     bool   // its end of stream has been read
}

const mark = 128 << 10 // with more than that pending a client is not read from

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
	c := new(client)
	if n := len(s.used); n > 0 {
		c, s.used = s.used[n-1], s.used[:n-1]
	}
	c.fd = fd
	s.clients[fd] = c
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
	c.pending = nil
	if err == io.EOF {
		c.fin = false
	}
	s.used = append(s.used, c)
}

// step reads once when there is room for more, and writes once. The end of the
// stream is io.EOF, when all has been written.
func (s *server) step(c *client) error {
	if !c.fin && len(c.pending) < mark {
		n, err := unix.Read(c.fd, s.buf[:])
		switch {
		case notNow(err):
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			c.fin = true
		default:
			c.pending = append(c.pending, s.buf[:n]...)
		}
	}
	if err := s.write(c); err != nil {
		return err
	}
	if c.fin && len(c.pending) == 0 {
		return io.EOF
	}
	return s.watch(c)
}

// write writes once, if something is pending.
func (s *server) write(c *client) error {
	if len(c.pending) == 0 {
		return nil
	}
	n, err := unix.Write(c.fd, c.pending)
	if notNow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if c.pending = c.pending[n:]; len(c.pending) == 0 {
		c.pending = nil // an idle client keeps no buffer
	}
	return nil
}

// watch asks for what the client may do next.
func (s *server) watch(c *client) error {
	var what interest
	if !c.fin && len(c.pending) < mark {
		what |= toRead
	}
	if len(c.pending) > 0 {
		what |= toWrite
	}
	return s.poll.change(c.fd, what)
}
