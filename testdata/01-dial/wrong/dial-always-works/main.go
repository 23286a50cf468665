// Belief: the address was given by the user, so a server listens there.
//
// A typing error in the address ends in a panic that no user can read.
//
// Caught by: 09-refused (crash).
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
	conn, _ := net.Dial("tcp", addr)
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
	_, err := io.Copy(os.Stdout, conn)
	return err
}
