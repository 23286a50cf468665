// Belief: between two writes there is time for a read, so one loop serves both
// directions.
//
// When the server does not read, the program waits in its write, and the read
// behind it never comes.
//
// Caught by: 30-both-directions-at-once (silence).
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR [word...]")
		os.Exit(2)
	}
	if err := ask(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(addr string, words []string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	if len(words) > 0 {
		if err := sayAndHear(conn, []byte(strings.Join(words, " ")+"\n")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// sayAndHear writes the line in pieces and prints, after each of them, a piece
// of the reply if one is there.
func sayAndHear(conn net.Conn, line []byte) error {
	buf := make([]byte, 4096)
	for len(line) > 0 {
		piece := line[:min(len(line), 64<<10)]
		line = line[len(piece):]
		if _, err := conn.Write(piece); err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		n, err := conn.Read(buf)
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return err
		}
		if err != nil && err != io.EOF && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	return conn.SetReadDeadline(time.Time{})
}
