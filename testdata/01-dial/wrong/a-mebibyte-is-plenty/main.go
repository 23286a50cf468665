// Belief: a buffer that is large enough makes the size of the reply
// irrelevant.
//
// With the first larger reply the buffer is full, Read has no room, returns 0
// at once, and the loop never ends.
//
// Caught by: 04-big-reply (busy-loop).
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
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}

	// The reply comes in pieces, so collect them. One mebibyte is more than
	// anybody will ever answer.
	reply := make([]byte, 1<<20)
	size := 0
	for {
		n, err := conn.Read(reply[size:])
		size += n
		if err != nil {
			os.Stdout.Write(reply[:size])
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}
