// Belief: clean-up belongs into defer, and CloseWrite is clean-up.
//
// The half-close is sent only after the reply has ended, and the server does
// not reply before it.
//
// Caught by: 05-end-of-request (no-eof).
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
	addr, err := net.ResolveTCPAddr("tcp", os.Args[1])
	if err == nil {
		err = ask(addr, strings.Join(os.Args[2:], " "))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(addr *net.TCPAddr, line string) error {
	conn, err := net.DialTCP("tcp", nil, addr)
	if err != nil {
		return err
	}
	// First I stop sending, then I close: deferred calls run backwards.
	defer conn.Close()
	defer conn.CloseWrite()
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if line != "" {
		if _, err := io.WriteString(conn, line+"\n"); err != nil {
			return err
		}
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
