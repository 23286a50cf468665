// Belief: a server that has begun its reply goes on within five seconds.
//
// It may think before the reply for as long as it likes, and not in the middle of it.
//
// Caught by: 23-no-limit-of-time (exited).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// A server may think as long as it likes; but one that has begun to talk and
// stops in the middle has lost its network.
const pause = 5 * time.Second

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
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		if _, werr := os.Stdout.Write(buf[:n]); werr != nil {
			return werr
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(pause))
	}
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
