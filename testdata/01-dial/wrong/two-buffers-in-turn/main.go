// Belief: two buffers in turn are enough for one goroutine that reads and one that prints.
//
// The channel between them has room for one, so the reader fills a buffer that is still being printed.
//
// Caught by: 04-big-reply (output).
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
	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}
	return show(conn)
}

// show prints r. Two buffers take turns: while one is printed, the other is
// filled.
func show(r io.Reader) error {
	pieces := make(chan []byte, 1)
	printed := make(chan error, 1)
	failed := make(chan struct{})
	go func() {
		for p := range pieces {
			if _, err := os.Stdout.Write(p); err != nil {
				printed <- err
				close(failed)
				return
			}
		}
		printed <- nil
	}()

	var buf [2][32 << 10]byte
	for turn := 0; ; turn = 1 - turn {
		n, err := r.Read(buf[turn][:])
		if n > 0 {
			select {
			case pieces <- buf[turn][:n]:
			case <-failed:
				return <-printed
			}
		}
		if err != nil {
			close(pieces)
			if werr := <-printed; werr != nil {
				return werr
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
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
