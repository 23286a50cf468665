// Belief: Close says "I have no more to send"; what is on its way to me still
// arrives.
//
// The reply is never read: the user sees an error or nothing at all.
//
// Caught by: 01-a-greeting (exit-status).
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
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	// That was the whole request. The server must see its end, or it waits
	// for more.
	if err := conn.Close(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
