// Both directions are at work at the same time, each in a goroutine of its own, and the first
// error of either cancels the other: a line of megabytes and a reply of megabytes never wait
// for each other.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func main() {
	if len(os.Args) == 1 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR [word...]")
		os.Exit(2)
	}
	if err := ask(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(ctx context.Context, addr string, words []string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	conn := c.(*net.TCPConn)
	defer conn.Close()
	fmt.Fprintf(os.Stderr, "tcp %v -> %v\n", conn.LocalAddr(), conn.RemoteAddr())

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	context.AfterFunc(ctx, func() { conn.Close() })
	heard := make(chan error, 1)
	go func() {
		_, err := os.Stdout.ReadFrom(conn)
		if err != nil {
			cancel(err)
		}
		heard <- err
	}()
	if err := say(conn, words); err != nil {
		cancel(err)
	}
	if err := <-heard; err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return context.Cause(ctx)
}

// say sends the line piece by piece, without ever having all of it in one string.
func say(conn *net.TCPConn, words []string) error {
	for i, word := range words {
		end := " "
		if i == len(words)-1 {
			end = "\n"
		}
		if _, err := io.Copy(conn, io.MultiReader(strings.NewReader(word), strings.NewReader(end))); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
