//go:build unix

// Belief: a peer's address has four bytes.
//
// The address that accept returns is of the listener's family. Over IPv6 the type assertion panics.
//
// Caught by: 37-ipv6 (crash).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

type conn struct {
	fd   int
	from netip.AddrPort
	rest []byte // still to be written; its array is used again
}

type eventLoop struct {
	listener int
	poll     *poller
	conns    map[int]*conn
	scratch  []byte
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	fd, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	p, err := newPoller()
	if err != nil {
		return err
	}
	if err := p.add(fd, toRead); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	e := eventLoop{listener: fd, poll: p, conns: make(map[int]*conn), scratch: make([]byte, 32<<10)}
	for {
		ready, err := e.poll.wait()
		if err != nil {
			return err
		}
		for _, fd := range ready {
			if fd == e.listener {
				if err := e.welcome(); err != nil {
					return err
				}
			} else if c := e.conns[fd]; c != nil {
				e.serve(c)
			}
		}
	}
}

func (e *eventLoop) welcome() error {
	fd, sa, err := unix.Accept(e.listener)
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
	peer := sa.(*unix.SockaddrInet4)
	c := &conn{fd: fd, from: netip.AddrPortFrom(netip.AddrFrom4(peer.Addr), uint16(peer.Port))}
	e.conns[fd] = c
	return e.poll.add(fd, toRead)
}

func (e *eventLoop) serve(c *conn) {
	var err error
	if len(c.rest) == 0 {
		err = e.readAndReply(c)
	} else {
		err = e.reply(c)
	}
	if err == nil {
		return
	}
	if err != io.EOF {
		log.Println(c.from, err)
	}
	e.poll.remove(c.fd)
	delete(e.conns, c.fd)
	unix.Close(c.fd)
}

func (e *eventLoop) readAndReply(c *conn) error {
	n, err := unix.Read(c.fd, e.scratch)
	if notNow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return io.EOF
	}
	m, err := unix.Write(c.fd, e.scratch[:n])
	if notNow(err) {
		m = 0
	} else if err != nil {
		return err
	}
	if m == n {
		return nil
	}
	c.rest = append(c.rest[:0], e.scratch[m:n]...)
	return e.poll.change(c.fd, toWrite)
}

func (e *eventLoop) reply(c *conn) error {
	m, err := unix.Write(c.fd, c.rest)
	if notNow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.rest = c.rest[m:]; len(c.rest) > 0 {
		return nil
	}
	c.rest = nil
	return e.poll.change(c.fd, toRead)
}
