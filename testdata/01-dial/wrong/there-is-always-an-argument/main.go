// Belief: the caller knows that it needs an address.
//
// A first try without arguments is answered with a panic instead of help.
//
// Caught by: 13-usage (crash).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func main() {
	addr, words := os.Args[1], os.Args[2:]
	if err := ask(addr, words); err != nil {
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
	_, err = io.Copy(os.Stdout, conn)
	return err
}
