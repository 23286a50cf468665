//go:build unix

// Belief: a client that has read all its output well may have more of it pending.
//
// The mark up to which is read on doubles whenever all has gone, up to 8 MiB. Any
// client may stop reading one day, and then so much is kept for it.
//
// Caught by: 19-bounded (memory).
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
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

// A client is what the loop must remember of one connection.
type client struct {
	fd      int
	pending []byte   // read from the client, and not yet taken by its socket
	mark    int      // with how much pending it is not read from
	ended   bool     // its FIN has been read
	watch   interest // what its socket is watched for
}

// A client's mark at first, and at most.
const (
	lowest  = 64 << 10
	highest = 8 << 20
)

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
	s.clients[fd] = &client{fd: fd, mark: lowest, watch: toRead}
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

// step reads once, unless enough is pending, and writes once when something is.
// That there is nothing to be read now is no error. The end, io.EOF, is when the
// client's FIN has come and everything has been written.
func (s *server) step(c *client) error {
	fresh := s.buf[:0]
	if !c.ended && len(c.pending) < c.mark {
		n, err := unix.Read(c.fd, s.buf[:])
		switch {
		case notNow(err):
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			c.ended = true
		default:
			fresh = s.buf[:n]
		}
	}
	if err := c.write(fresh); err != nil {
		return err
	}
	if c.ended && len(c.pending) == 0 {
		return io.EOF
	}
	var want interest
	if !c.ended && len(c.pending) < c.mark {
		want |= toRead
	}
	if len(c.pending) > 0 {
		want |= toWrite
	}
	if want == c.watch {
		return nil
	}
	c.watch = want
	return s.poll.change(c.fd, want)
}

// write gives what is pending, and then what is fresh, to the socket, in one
// call. What is left is pending afterwards.
func (c *client) write(fresh []byte) error {
	waited := len(c.pending) > 0
	if waited {
		c.pending = append(c.pending, fresh...)
		fresh = c.pending
	}
	if len(fresh) == 0 {
		return nil
	}
	n, err := unix.Write(c.fd, fresh)
	if notNow(err) {
		n = 0
	} else if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	switch rest := fresh[n:]; {
	case waited && len(rest) == 0:
		c.pending = nil // an idle client keeps no buffer
		c.mark = min(2*c.mark, highest)
	case waited:
		c.pending = rest
	default:
		c.pending = append(c.pending, rest...) // buf belongs to the next client
	}
	return nil
}
