package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// This file is given: the answers that proxyd gives by itself, and how it parts
// from a client.

// Why proxyd itself ends a connection without a word.
var (
	errGrace = errors.New("cut off: the proxy is stopping")
	errRest  = errors.New("there is no next request")
)

// A status is an answer of proxyd's own, and an error: a function that finds a
// reason for one returns it.
type status int

var reasons = map[status]string{
	200: "Connection established",
	400: "Bad Request",
	403: "Forbidden",
	408: "Request Timeout",
	431: "Request Header Fields Too Large",
	501: "Not Implemented",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Timeout",
	505: "HTTP Version Not Supported",
}

func (s status) Error() string { return fmt.Sprintf("%d %s", int(s), reasons[s]) }

// answer returns the whole answer. It has no content, so it is right for every
// method. Except for 200, after which a tunnel begins, it is the last one on
// its connection, and says so.
func (s status) answer() string {
	if s == 200 {
		return "HTTP/1.1 " + s.Error() + "\r\n\r\n"
	}
	return "HTTP/1.1 " + s.Error() + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
}

// part ends c: after the answer that err is, in peace when there is nothing to
// say, and otherwise with a reset.
func (c *conn) part(err error) {
	var s status
	switch {
	case errors.As(err, &s):
		io.WriteString(c, s.answer())
	case err != errRest:
		abort(c.TCPConn)
		return
	}
	goodbye(c.TCPConn)
}

// What is still taken from a client that has got its last answer. See chapter
// 09-endings: closing while bytes wait unread is a reset, and that may throw
// the answer away.
const (
	partingTime  = time.Second
	partingBytes = 1 << 20
)

// goodbye sends a FIN after the last answer, takes for a while what the client
// still sends, and closes.
func goodbye(conn *net.TCPConn) {
	defer conn.Close()
	if conn.CloseWrite() != nil {
		return
	}
	conn.SetReadDeadline(time.Now().Add(partingTime))
	io.CopyN(io.Discard, conn, partingBytes)
}
