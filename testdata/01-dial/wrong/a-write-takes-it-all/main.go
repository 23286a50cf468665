// Belief: write takes all that it is given.
//
// A socket takes what its buffer has room for, and says how much that was. The rest of a long line is not sent.
//
// Caught by: 18-a-long-line (early-eof).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
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
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		raw, err := conn.SyscallConn()
		if err != nil {
			return err
		}
		line := strings.Join(words, " ") + "\n"
		var failed error
		raw.Write(func(fd uintptr) bool {
			_, failed = unix.Write(int(fd), []byte(line))
			return failed != unix.EAGAIN
		})
		if failed != nil {
			return failed
		}
	}
	return conn.CloseWrite()
}
