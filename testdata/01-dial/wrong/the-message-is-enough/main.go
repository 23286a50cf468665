// Belief: once the user has been told, returning from main is a proper end.
//
// A script that calls the program takes "connection refused" for success.
//
// Caught by: 09-refused (exit-status).
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
	conn, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		return // nothing more can be done
	}
	defer conn.Close()
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if err := ask(conn.(*net.TCPConn), os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
	}
}

func ask(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.CloseWrite(); err != nil {
		return err
	}
	_, err := io.Copy(os.Stdout, conn)
	return err
}
