package main

import (
	"bufio"
	"net"
)

// This file is given: a connection with buffers.

// A conn is a connection with a buffer for each direction. Two functions may watch
// it: first is called before r waits for bytes, and an error of it is one of the
// read; moved is called when bytes have been read or written. So an exchange can
// flush what it has written before it waits for more, and know that it still moves.
type conn struct {
	*net.TCPConn
	r     *bufio.Reader
	w     *bufio.Writer
	first func() error
	moved func()
}

func newConn(tcp *net.TCPConn) *conn {
	c := &conn{TCPConn: tcp}
	c.r, c.w = bufio.NewReader(c), bufio.NewWriter(c)
	c.alone()
	return c
}

// alone says that no function watches c.
func (c *conn) alone() {
	c.first, c.moved = func() error { return nil }, func() {}
}

func (c *conn) Read(b []byte) (int, error) {
	if err := c.first(); err != nil {
		return 0, err
	}
	n, err := c.TCPConn.Read(b)
	c.moved()
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.TCPConn.Write(b)
	c.moved()
	return n, err
}
