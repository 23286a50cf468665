package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// message is what clients send: a line, for servers that echo lines, in which every
// byte differs from the others.
var message = []byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.\n")[:messageSize]

// answerBound is how long one answer may take: a bound on hanging.
const answerBound = 10 * time.Second

// exchange lets clients send and get messages for the time given, and returns
// how many.
func exchange(clients []*net.TCPConn, d time.Duration) (n int, err error) {
	for end := time.Now().Add(d); time.Now().Before(end); n += len(clients) {
		if err := each(clients, 1); err != nil {
			return n, err
		}
	}
	return n, nil
}

// each lets every client send a message and then every client get its echo, n
// times.
func each(clients []*net.TCPConn, n int) error {
	var buf [messageSize]byte
	for range n {
		for _, c := range clients {
			c.SetDeadline(time.Now().Add(answerBound))
			if _, err := c.Write(message); err != nil {
				return err
			}
		}
		for _, c := range clients {
			if _, err := io.ReadFull(c, buf[:]); err != nil {
				return err
			}
			if !bytes.Equal(buf[:], message) {
				return fmt.Errorf("not an echo: %q", buf[:])
			}
		}
	}
	return nil
}

// closeAll ends connections with an RST, which leaves no TIME-WAIT behind.
func closeAll(clients []*net.TCPConn) {
	for _, c := range clients {
		c.SetLinger(0)
		c.Close()
	}
}

func addrOf(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
