// -timeout bounds the whole conversation: one moment, computed once, ends the dial and everything behind it.
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
	args, deadline := os.Args[1:], time.Time{}
	if len(args) > 1 && args[0] == "-timeout" {
		limit, err := time.ParseDuration(args[1])
		if err != nil || limit <= 0 {
			usage()
		}
		args, deadline = args[2:], time.Now().Add(limit)
	}
	if len(args) == 0 {
		usage()
	}
	if err := ask(args[0], args[1:], deadline); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: ask [-timeout DURATION] ADDR [word...]")
	os.Exit(2)
}

// ask gives up at the deadline; there is none when it is zero.
func ask(addr string, words []string, deadline time.Time) error {
	dialer := net.Dialer{Deadline: deadline}
	conn, err := dialer.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
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
