// Belief: a line that breaks off is not printed.
//
// At io.EOF the last piece is printed, at every other error it is lost.
//
// Caught by: 11-reset (output).
package main

import (
	"bufio"
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
	return show(conn)
}

// show prints r as it is, a line at a time. The last may have no newline.
func show(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if _, werr := os.Stdout.Write(line); werr != nil {
			return werr
		}
		if err == io.EOF {
			return nil
		}
	}
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
