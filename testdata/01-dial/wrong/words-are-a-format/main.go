// Belief: what is printed is printed as it is.
//
// The line is handed to Fprintf as its format, so a percent sign in a word becomes something else.
//
// Caught by: 14-words-as-they-are (wrong-bytes).
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
		if _, err := fmt.Fprintf(conn, strings.Join(words, " ")+"%s", "\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
