// Belief: a client that has nothing to say has been called wrongly.
//
// Servers that just tell the time, or a line of the day, cannot be asked at
// all.
//
// Caught by: 01-a-greeting (exited).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func main() {
	// An address and at least one word.
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR word...")
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

	if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
		return err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
