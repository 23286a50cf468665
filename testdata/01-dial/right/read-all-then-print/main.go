// The whole reply is collected before any of it is printed. That is correct,
// too: ReadAll returns what came before an error together with that error, so
// the beginning of a broken reply is not lost.
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

	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}
	reply, err := io.ReadAll(conn)
	if _, err := os.Stdout.Write(reply); err != nil {
		return err
	}
	return err
}

// say sends words as one line, and then the end of the request.
func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
