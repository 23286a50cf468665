// Belief: a server that ends without a word has failed.
//
// Commands that are answered by silence, such as goodbyes, seem to fail every
// time.
//
// Caught by: 12-ends (exit-status).
package main

import (
	"errors"
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

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}

	n, err := io.Copy(os.Stdout, conn)
	if n == 0 && err == nil {
		return errors.New("the server closed the connection without an answer")
	}
	return err
}
