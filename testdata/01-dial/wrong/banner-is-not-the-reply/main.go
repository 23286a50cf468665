// Belief: what the server says before I have asked is not part of the reply.
//
// The user never sees the server's greeting, in which it may say that it is
// closed today.
//
// Caught by: 06-server-first (output).
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

	// Mail and file servers start with a banner, code 220. Nobody asked
	// for it.
	reply := bufio.NewReader(conn)
	if code, _ := reply.Peek(4); string(code) == "220 " {
		if _, err := reply.ReadString('\n'); err != nil {
			return err
		}
	}
	_, err = io.Copy(os.Stdout, reply)
	return err
}
