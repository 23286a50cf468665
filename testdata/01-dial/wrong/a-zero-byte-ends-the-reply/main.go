// Belief: the reply in the buffer ends at the first zero byte.
//
// Whatever comes after a zero byte is lost without a word.
//
// Caught by: 16-byte-by-byte (output).
package main

import (
	"bytes"
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

	for {
		buf := make([]byte, 4096) // all zeros again
		_, err := conn.Read(buf)
		// The zeros behind the reply are not part of it.
		text, _, _ := bytes.Cut(buf, []byte{0})
		os.Stdout.Write(text)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
