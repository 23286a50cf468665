//go:build unix

// Belief: a connection that accept has handed out has a peer.
//
// It may have been reset while it waited. Then getpeername says ENOTCONN, and this server ends.
//
// Caught by: 38-gone-in-the-queue (exited).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
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
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

type server struct {
	ln      int
	poll    *poller
	clients map[int]*client
	buf     [64 << 10]byte
}

type client struct {
	fd      int
	who     netip.AddrPort
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
				if err := s.accept(); err != nil {
					return err
				}
				continue
			}
			s.turn(s.clients[fd])
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
	who, err := peer(fd)
	if err != nil {
		return err
	}
	s.clients[fd] = &client{fd: fd, who: who}
	return s.poll.add(fd, toRead)
}

// peer asks the kernel for the address at the other end of fd.
func peer(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getpeername(fd)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("getpeername: %w", err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), nil
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port)), nil
	}
	return netip.AddrPort{}, nil
}

func (s *server) turn(c *client) {
	err := s.step(c)
	if err == nil {
		return
	}
	if err != io.EOF {
		log.Println(c.who, err)
	}
	s.poll.remove(c.fd)
	delete(s.clients, c.fd)
	unix.Close(c.fd)
}

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

func (s *server) write(c *client, data []byte) error {
	n, err := unix.Write(c.fd, data)
	if err != nil {
		if !notNow(err) {
			return fmt.Errorf("write: %w", err)
		}
		n = 0
	}
	waited := len(c.pending) > 0
	c.pending = bytes.Clone(data[n:])
	if waits := len(c.pending) > 0; waits && !waited {
		return s.poll.change(c.fd, toWrite)
	} else if waited && !waits {
		return s.poll.change(c.fd, toRead)
	}
	return nil
}
