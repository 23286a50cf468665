// Belief: a reply is text, so it can be handled letter by letter.
//
// Every byte that is not valid UTF-8 is printed as a replacement character:
// files and pictures arrive damaged.
//
// Caught by: 16-byte-by-byte (output).
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

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	return printText(conn)
}

// printText prints what comes from r. It reads runes, so that no letter is
// cut in two at the end of a buffer.
func printText(r io.Reader) error {
	in, out := bufio.NewReader(r), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		letter, _, err := in.ReadRune()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		out.WriteRune(letter)
	}
}
