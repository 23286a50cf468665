// Belief: the first colon of an address is between host and port.
//
// No IPv6 address can be dialed, because it has colons of its own.
//
// Caught by: 10-six (exited).
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
	parts := strings.Split(os.Args[1], ":")
	if len(parts) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask HOST:PORT [word...]")
		os.Exit(2)
	}
	host, port := parts[0], parts[1]
	if err := ask(host, port, os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(host, port string, words []string) error {
	conn, err := net.Dial("tcp", net.JoinHostPort(host, port))
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
