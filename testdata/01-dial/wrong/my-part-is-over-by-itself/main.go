// Belief: when I stop writing and start reading, the server knows that my
// request is complete.
//
// A server that reads its request to the end waits for that end, and the user
// waits for the server.
//
// Caught by: 05-end-of-request (no-eof).
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
	defer conn.Close() // says goodbye when everything is done
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	// The newline ends the request.
	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
