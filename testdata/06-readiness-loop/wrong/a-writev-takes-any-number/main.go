//go:build unix

// Belief: writev takes as many pieces as it is given.
//
// It takes 1,024 (IOV_MAX), and with more it fails with EINVAL. While a client does
// not read nothing is written, and all is well.
//
// Caught by: 53-small-pieces (reset).
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
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

// mark is how many bytes may be pending for a client that is still read from.
const mark = 64 << 10

// A client is what the loop must remember of one connection.
type client struct {
	fd    int
	queue [][]byte // read from the client, and not yet taken by its socket
	size  int      // how many bytes are in queue
	ended bool     // its FIN has been read
	watch interest // what its socket is watched for
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
	s.clients[fd] = &client{fd: fd, watch: toRead}
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
	if !c.ended && c.size < mark {
		n, err := unix.Read(c.fd, s.buf[:])
		switch {
		case notNow(err):
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			c.ended = true
		default:
			waits := c.size > 0
			c.keep(s.buf[:n])
			if waits {
				return s.settle(c) // behind what waits; the poller will say when
			}
		}
	}
	if err := c.write(); err != nil {
		return err
	}
	if c.ended && c.size == 0 {
		return io.EOF
	}
	return s.settle(c)
}

// settle watches the socket of c for what c needs now.
func (s *server) settle(c *client) error {
	var want interest
	if !c.ended && c.size < mark {
		want |= toRead
	}
	if c.size > 0 {
		want |= toWrite
	}
	if want == c.watch {
		return nil
	}
	c.watch = want
	return s.poll.change(c.fd, want)
}

// keep puts a copy of data at the end of the queue, and into the room behind the
// last piece when there is enough.
func (c *client) keep(data []byte) {
	c.size += len(data)
	if i := len(c.queue) - 1; i >= 0 && cap(c.queue[i])-len(c.queue[i]) >= len(data) {
		c.queue[i] = append(c.queue[i], data...) // there is room behind the last
		return
	}
	c.queue = append(c.queue, bytes.Clone(data))
}

// write gives the whole queue to the socket, in one call, and takes out of the
// queue what the socket has taken.
func (c *client) write() error {
	if c.size == 0 {
		return nil
	}
	n, err := unix.Writev(c.fd, c.queue)
	if notNow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	c.size -= n
	for n > 0 && n >= len(c.queue[0]) {
		n -= len(c.queue[0])
		c.queue = c.queue[1:]
	}
	if n > 0 {
		c.queue[0] = c.queue[0][n:]
	}
	if c.size == 0 {
		c.queue = nil // an idle client keeps nothing
	}
	return nil
}
