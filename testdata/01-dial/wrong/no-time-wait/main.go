// Belief: TIME_WAIT is to be avoided, and SO_LINGER with zero does it.
//
// Close then resets the connection, and throws away what the server has not taken yet.
//
// Caught by: 18-a-long-line (reset).
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
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	conn := c.(*net.TCPConn)
	defer conn.Close()
	// A script may call ask a thousand times: leave no ports in TIME_WAIT.
	// The FIN is sent by CloseWrite, long before.
	if err := conn.SetLinger(0); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())
	if err := say(conn, words); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
