// Both directions go through bufio. That is correct, too: the request is
// flushed before the reply is waited for, and the reply on every way out.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
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
	return printAll(bufio.NewReader(conn))
}

// printAll copies r to standard output, byte by byte but not write by write.
func printAll(r *bufio.Reader) error {
	out := bufio.NewWriter(os.Stdout)
	for {
		b, err := r.ReadByte()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			out.Flush() // what came so far is still part of the reply
			return err
		}
		if err := out.WriteByte(b); err != nil {
			return err
		}
	}
}

// say sends words as one line, and then the end of the request.
func say(conn *net.TCPConn, words []string) error {
	out := bufio.NewWriter(conn)
	for i, word := range words {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(word)
	}
	if len(words) > 0 {
		out.WriteByte('\n')
	}
	if err := out.Flush(); err != nil { // the first error of the writes, too
		return err
	}
	return conn.CloseWrite()
}
