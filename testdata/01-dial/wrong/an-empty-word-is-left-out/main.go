// Belief: an empty word is none.
//
// It leaves them out before it joins the others, and with them the space between two of them.
//
// Caught by: 15-an-empty-word (wrong-bytes).
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
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		var full []string
		for _, word := range words {
			if word != "" {
				full = append(full, word)
			}
		}
		if _, err := fmt.Fprintln(conn, strings.Join(full, " ")); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
