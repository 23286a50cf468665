//go:build unix

// Reads from a client while less than 256 KiB are queued for it, and remembers
// its FIN until the queue is empty.
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

// limit is how much may be queued for one client before no more is read from
// it.
const limit = 256 << 10

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
	out     []byte   // read from the client, and not yet taken by its socket
	watched interest // what its socket is watched for
	eof     bool     // it has sent its FIN
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
	s.clients[fd] = &client{fd: fd, watched: toRead}
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

// step reads, if it may, writes what is queued, and watches for what comes
// next.
func (s *server) step(c *client) error {
	if !c.eof && len(c.out) < limit {
		if err := s.read(c); err != nil {
			return err
		}
	}
	if err := s.write(c); err != nil {
		return err
	}
	if c.eof && len(c.out) == 0 {
		return io.EOF
	}
	return s.watch(c)
}

// read takes from the socket what one read gives, and queues it.
func (s *server) read(c *client) error {
	n, err := unix.Read(c.fd, s.buf[:])
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		c.eof = true
	}
	c.out = append(c.out, s.buf[:n]...)
	return nil
}

// watch watches for reading while the queue may grow, and for writing while
// something is in it.
func (s *server) watch(c *client) error {
	var want interest
	if !c.eof && len(c.out) < limit {
		want = toRead
	}
	if len(c.out) > 0 {
		want |= toWrite
	}
	if want == c.watched {
		return nil
	}
	c.watched = want
	return s.poll.change(c.fd, want)
}

// write gives the socket what it takes of the queue.
func (s *server) write(c *client) error {
	if len(c.out) == 0 {
		return nil
	}
	n, err := unix.Write(c.fd, c.out)
	if err != nil && !notNow(err) {
		return fmt.Errorf("write: %w", err)
	}
	if c.out = c.out[max(n, 0):]; len(c.out) == 0 {
		c.out = nil
	}
	return nil
}
