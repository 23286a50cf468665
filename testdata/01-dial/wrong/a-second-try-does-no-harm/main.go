// Belief: what failed once may be tried again, and that does no harm.
//
// The server had read the line when it reset the connection. Now it gets the line twice.
//
// Caught by: 19-reset-at-once (connected).
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR [word...]")
		os.Exit(2)
	}
	n, err := ask(os.Args[1], os.Args[2:])
	if n == 0 && errors.Is(err, syscall.ECONNRESET) {
		// Nothing has been printed, so nothing can be printed twice: a
		// server that is being restarted deserves a second try.
		_, err = ask(os.Args[1], os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

// ask has one conversation, and returns how many bytes of reply it printed.
func ask(addr string, words []string) (int64, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())
	if err := say(conn.(*net.TCPConn), words); err != nil {
		return 0, err
	}
	return io.Copy(os.Stdout, conn)
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
