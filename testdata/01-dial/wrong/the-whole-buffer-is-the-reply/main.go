// Belief: what Read was given is what it has filled.
//
// It prints all of the buffer, and after the reply come the zeros that were in it before.
//
// Caught by: 01-a-greeting (output).
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

	buf := make([]byte, 4096)
	for {
		_, err := conn.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(buf); err != nil {
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
