// Belief: io.EOF is only a kind of "nothing new yet", so Read's error can be
// ignored.
//
// After the reply the program never ends, and one processor core is at 100 %.
//
// Caught by: 01-a-greeting (busy-loop).
package main

import (
	"fmt"
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

	buf := make([]byte, 4096)
	for {
		// Read waits until the server has something to say.
		n, _ := conn.Read(buf)
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return err
		}
	}
}
