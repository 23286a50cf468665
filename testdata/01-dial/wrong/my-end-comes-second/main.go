// Belief: an arrow from the server to me shows best which way the reply goes.
//
// A reader who compares the two addresses with a capture or with ss reads them the
// wrong way round.
//
// Caught by: 08-two-dials (output).
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
	// The remote address is where the connection comes from, the local one
	// is where it ends.
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.RemoteAddr(), conn.LocalAddr())

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
