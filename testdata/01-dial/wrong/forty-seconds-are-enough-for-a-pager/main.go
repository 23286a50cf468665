// Belief: what is not printed forty seconds after the end will not be read.
//
// A pager that is paged down a minute later misses the rest, and the status is 0.
//
// Caught by: 29-slow-readers (exited).
package main

import (
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

	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}
	pieces := make(chan []byte, 16)
	printed := make(chan error, 1)
	go func() { printed <- printAll(pieces) }()
	if err := receive(conn, pieces, printed); err != nil {
		return err
	}
	select {
	case err := <-printed:
		return err
	case <-time.After(40 * time.Second):
		return nil // nobody reads what we print
	}
}

// receive reads conn to its end and hands each piece on. It closes pieces, and
// returns the first error: its own, or that of printing.
func receive(conn net.Conn, pieces chan<- []byte, printed <-chan error) error {
	for {
		buf := make([]byte, 32<<10)
		n, err := conn.Read(buf)
		if n > 0 {
			select {
			case pieces <- buf[:n]:
			case err := <-printed:
				return err
			}
		}
		if err != nil {
			close(pieces)
			if err == io.EOF {
				return nil
			}
			if perr := <-printed; perr != nil {
				return perr
			}
			return err
		}
	}
}

// printAll writes all pieces to standard output.
func printAll(pieces <-chan []byte) error {
	for p := range pieces {
		if _, err := os.Stdout.Write(p); err != nil {
			return err
		}
	}
	return nil
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		line := strings.Join(words, " ") + "\n"
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
