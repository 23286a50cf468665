// Belief: a goroutine reads the reply, so its connection may be closed for sending.
//
// Close ends both directions, also for the goroutine that reads, and its error is not looked at: nothing is printed.
//
// Caught by: 01-a-greeting (output).
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
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	done := make(chan bool)
	go func() {
		io.Copy(os.Stdout, conn)
		close(done)
	}()
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	conn.Close() // no more will be sent
	<-done
	return nil
}
