// Belief: an error must be printed where it happens, and returned as well, to
// be safe.
//
// One failure looks like two: the user reads everything twice and searches for
// the second fault.
//
// Caught by: 09-refused (output).
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
		fmt.Fprintln(os.Stderr, "cannot connect:", err)
		return err
	}
	defer conn.Close()
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			fmt.Fprintln(os.Stderr, "cannot send:", err)
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot half-close:", err)
		return err
	}
	if _, err := io.Copy(os.Stdout, conn); err != nil {
		fmt.Fprintln(os.Stderr, "cannot read:", err)
		return err
	}
	return nil
}
