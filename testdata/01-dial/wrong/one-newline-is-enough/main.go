// Belief: where there is a newline no other one is needed.
//
// The newline at the end of the last word is a part of that word.
//
// Caught by: 14-words-as-they-are (early-eof).
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
		line := strings.Join(words, " ")
		if !strings.HasSuffix(line, "\n") { // one line, not two
			line += "\n"
		}
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
