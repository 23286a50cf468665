//go:build unix

// Belief: what the poller has said is soon out of date, so after 32 turns it is
// asked again.
//
// The list is that of poll, and each round begins at its front: while 32 of those
// who came first are busy, no other has a turn.
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

// run listens on addr and serves clients until waiting or accepting fails.
func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	poll := &list{at: map[int]int{}}
	if err := poll.add(ln, unix.POLLIN); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	ln      int // the listening socket
	poll    *list
	clients map[int]*client // by descriptor
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

// perRound is how many sockets are served before the kernel is asked again. What
// it said about the others is old by then.
const perRound = 32

// A list is what poll(2) gets: one call says all about all sockets.
type list struct {
	fds   []unix.PollFd
	at    map[int]int // where in fds a descriptor is
	ready []int
}

func (p *list) add(fd int, what int16) error {
	p.at[fd] = len(p.fds)
	p.fds = append(p.fds, unix.PollFd{Fd: int32(fd), Events: what})
	return nil
}

func (p *list) change(fd int, what int16) error {
	p.fds[p.at[fd]].Events = what
	return nil
}

// remove closes the gap, so that the others stay in their order.
func (p *list) remove(fd int) {
	i := p.at[fd]
	p.fds = append(p.fds[:i], p.fds[i+1:]...)
	delete(p.at, fd)
	for ; i < len(p.fds); i++ {
		p.at[int(p.fds[i].Fd)] = i
	}
}

// wait returns up to perRound descriptors that are ready.
func (p *list) wait() ([]int, error) {
	n, err := unix.Poll(p.fds, -1)
	if err == unix.EINTR {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("poll: %w", err)
	}
	p.ready = p.ready[:0]
	for i := 0; len(p.ready) < min(n, perRound); i++ {
		if p.fds[i].Revents != 0 {
			p.ready = append(p.ready, int(p.fds[i].Fd))
		}
	}
	return p.ready, nil
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
	return s.poll.add(fd, unix.POLLIN)
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

// step writes once when output is pending for c; otherwise it reads once, and
// writes what has come. That there is nothing to be read now is no error. The
// end of the stream is io.EOF.
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

// write gives data to the socket of c, in one call. data is what is pending,
// or, when nothing is, a part of s.buf. What the socket does not take, which
// may be everything, is pending afterwards, in memory that no other client
// uses. While output is pending the socket is watched for writing alone, and
// otherwise for reading alone.
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
		return s.poll.change(c.fd, unix.POLLOUT)
	case waited && len(rest) > 0:
		c.pending = rest
	case waited:
		c.pending = nil // an idle client keeps no buffer
		return s.poll.change(c.fd, unix.POLLIN)
	}
	return nil
}
