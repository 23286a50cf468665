// Belief: the line about the connection belongs after what was said on it.
//
// While the line is being sent, which may take long or fail, nothing is shown.
//
// Caught by: 24-its-ends-at-once (output).
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
	conn, err := dialAndSay(addr, words)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// dialAndSay returns a connection on which all has been said.
func dialAndSay(addr string, words []string) (*net.TCPConn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	conn := c.(*net.TCPConn)
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			conn.Close()
			return nil, err
		}
	}
	if err := conn.CloseWrite(); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
