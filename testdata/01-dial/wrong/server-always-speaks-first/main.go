// Belief: a server greets each client, so I read before I write.
//
// Client and server wait for each other forever, unless the server has a
// banner.
//
// Caught by: 02-one-line (silence).
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
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	// The banner comes first, as it does with every mail server.
	replies := bufio.NewReader(conn)
	banner, err := replies.ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	io.WriteString(os.Stdout, banner)

	if len(words) > 0 {
		fmt.Fprintln(conn, strings.Join(words, " "))
	}
	conn.(*net.TCPConn).CloseWrite()
	_, err = io.Copy(os.Stdout, replies)
	return err
}
