// Belief: a Read that does not fill the buffer was the last one.
//
// The reply is cut off wherever the network happened to pause.
//
// Caught by: 03-fragments (reset).
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

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}

	buf := make([]byte, 1024)
	for {
		n, err := conn.Read(buf)
		os.Stdout.Write(buf[:n])
		if err == io.EOF || n < len(buf) {
			return nil // less than I asked for: there was no more
		}
		if err != nil {
			return err
		}
	}
}
