// Belief: a line can be cut into letters, and put together again.
//
// A byte that is not UTF-8 becomes U+FFFD, three other bytes: a file name in Latin-1
// arrives as another name.
//
// Caught by: 27-bytes-in-words (wrong-bytes).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"slices"
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
		line := []rune(strings.Join(words, " ") + "\n")
		for piece := range slices.Chunk(line, 16384) {
			if _, err := io.WriteString(conn, string(piece)); err != nil {
				return err
			}
		}
	}
	return conn.CloseWrite()
}
