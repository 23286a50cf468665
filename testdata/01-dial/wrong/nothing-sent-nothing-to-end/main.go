// Belief: a client that has sent nothing need not say that it is done.
//
// A server that waits for the end of the request waits forever when there are
// no words.
//
// Caught by: 07-listen-only (no-eof).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
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
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	// Without words I only listen.
	if len(words) > 0 {
		if err := send(conn.(*net.TCPConn), strings.Join(words, " ")); err != nil {
			return err
		}
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// send writes line, and the end of the request.
func send(conn *net.TCPConn, line string) error {
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return err
	}
	return conn.CloseWrite()
}
