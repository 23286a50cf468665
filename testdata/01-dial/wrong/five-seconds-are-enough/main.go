// Belief: a server that has not replied after five seconds never will.
//
// A deadline ends the connection, although the server is only slow, and no time limit was promised.
//
// Caught by: 23-no-limit-of-time (exited).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
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

	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}

	_, err = io.Copy(os.Stdout, conn)
	return err
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
