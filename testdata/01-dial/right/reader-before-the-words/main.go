// A goroutine prints what comes before the first word has been sent. That is
// correct, too: the two directions of a connection are independent, and a
// connection may be read and written at the same time.
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
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	printed := make(chan error)
	go func() {
		_, err := io.Copy(os.Stdout, conn)
		printed <- err
	}()
	if err := say(conn.(*net.TCPConn), words); err != nil {
		conn.Close() // ends the goroutine's Read
		<-printed
		return err
	}
	return <-printed
}

// say sends words as one line, and then the end of the request.
func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
