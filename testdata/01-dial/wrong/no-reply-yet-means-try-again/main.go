// Belief: io.EOF before the first byte means that the server has not answered
// yet.
//
// A server that ends without a word keeps the program busy forever.
//
// Caught by: 12-ends (busy-loop).
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

	buf := make([]byte, 4096)
	answered := false
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			answered = true
			os.Stdout.Write(buf[:n])
		}
		switch {
		case err == io.EOF && !answered:
			continue // still thinking
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
