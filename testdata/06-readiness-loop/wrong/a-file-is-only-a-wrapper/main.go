//go:build unix

// Belief: a file is only a wrapper.
//
// Package os knows how to read and write, so a descriptor is made an *os.File for
// the moment. When the collector finds that nothing points to it, it closes it.
//
// Caught by: 36-from-anywhere (early-eof).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"syscall"

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
	inode   uint64
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
	inode := socketNumber(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	s.clients[fd] = &client{fd: fd, inode: inode}
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
		log.Printf("client on descriptor %d, socket:[%d]: %v", c.fd, c.inode, err)
	}
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	unix.Close(c.fd)
}

// socketNumber returns the number of a socket as ss -e shows it; 0 if that is not
// known.
func socketNumber(fd int) uint64 {
	info, err := os.NewFile(uintptr(fd), "client").Stat()
	if err != nil {
		return 0
	}
	return uint64(info.Sys().(*syscall.Stat_t).Ino)
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
		return s.poll.change(c.fd, toWrite)
	case waited && len(rest) > 0:
		c.pending = rest
	case waited:
		c.pending = nil // an idle client keeps no buffer
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
