//go:build unix

// What a write does not take is not copied: the client gets the buffer, and the server
// takes another one when it next reads. It keeps one to spare. In a round those that
// write are first, and a client has its first turn when it has been accepted. When no
// descriptor is free the listener is not watched, until a client leaves.
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
	spare   []byte          // for the next read; nil when it went along
	paused  bool            // no descriptor was free; the listener is not watched
}

// A client is what the loop must remember of one connection.
type client struct {
	fd       int
	buf      []byte // the buffer that it holds while something is pending
	from, to int    // what is pending is buf[from:to]
}

// loop waits until sockets are ready, and serves each of them once.
func (s *server) loop() error {
	for {
		ready, err := s.poll.wait()
		if err != nil {
			return err
		}
		knock := false
		var readers []*client
		for _, fd := range ready {
			if fd == s.ln {
				knock = true
			} else if c := s.clients[fd]; c.buf == nil {
				readers = append(readers, c)
			} else if err := s.drain(c); err != nil {
				s.end(c, err)
			}
		}
		if knock {
			c, err := s.accept()
			if err != nil {
				return err
			}
			if c != nil {
				readers = append(readers, c)
			}
		}
		for _, c := range readers {
			if err := s.fill(c); err != nil {
				s.end(c, err)
			}
		}
	}
}

// accept returns the next client of the queue, or nil when it cannot be had.
func (s *server) accept() (*client, error) {
	fd, _, err := unix.Accept(s.ln)
	switch {
	case notNow(err) || err == unix.ECONNABORTED:
		return nil, nil
	case (err == unix.EMFILE || err == unix.ENFILE) && len(s.clients) > 0:
		s.poll.remove(s.ln)
		s.paused = true
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("accept: %w", err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	c := &client{fd: fd}
	s.clients[fd] = c
	return c, s.poll.add(fd, toRead)
}

// fill reads once, for a client with nothing pending, and writes what has come.
func (s *server) fill(c *client) error {
	if s.spare == nil {
		s.spare = make([]byte, 32<<10)
	}
	n, err := unix.Read(c.fd, s.spare)
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return io.EOF
	}
	done, err := put(c.fd, s.spare[:n])
	if err != nil || done == n {
		return err
	}
	c.buf, c.from, c.to, s.spare = s.spare, done, n, nil
	return s.poll.change(c.fd, toWrite)
}

// drain writes once, for a client with something pending.
func (s *server) drain(c *client) error {
	n, err := put(c.fd, c.buf[c.from:c.to])
	if err != nil {
		return err
	}
	if c.from += n; c.from < c.to {
		return nil
	}
	s.spare, c.buf = c.buf, nil
	return s.poll.change(c.fd, toRead)
}

// put writes once, and returns how many bytes were taken.
func put(fd int, data []byte) (int, error) {
	n, err := unix.Write(fd, data)
	if notNow(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("write: %w", err)
	}
	return n, nil
}

// end ends one connection, and lets the next client in when it has to wait.
func (s *server) end(c *client, err error) {
	if err != io.EOF {
		log.Printf("client on descriptor %d: %v", c.fd, err)
	}
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	unix.Close(c.fd)
	if s.paused {
		if err := s.poll.add(s.ln, toRead); err != nil {
			log.Fatal(err)
		}
		s.paused = false
	}
}
