// Belief: a read of 1,024 bytes has filled the buffer, so the rest must come first.
//
// The buffer has been larger for a long time, and what looks like a full one is never printed.
//
// Caught by: 17-any-size (output).
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
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}

	const full = 1024
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if n == full {
			continue // there is more of it
		}
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		line := strings.Join(words, " ") + "\n"
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
