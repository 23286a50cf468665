// Belief: what takes long is the dial; once a server has answered that, it
// answers everything.
//
// With -timeout a server that accepts and then says nothing keeps ask forever.
//
// Caught by: 31-timeout (no-exit).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	args, limit := os.Args[1:], time.Duration(0)
	if len(args) > 1 && args[0] == "-timeout" {
		var err error
		if limit, err = time.ParseDuration(args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "usage:", err)
			os.Exit(2)
		}
		args = args[2:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: ask [-timeout DURATION] ADDR [word...]")
		os.Exit(2)
	}
	if err := ask(args[0], args[1:], limit); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(addr string, words []string, limit time.Duration) error {
	// A limit of zero is none.
	conn, err := net.DialTimeout("tcp", addr, limit)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
