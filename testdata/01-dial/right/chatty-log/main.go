// Diagnostics go through the log package, with a time and more lines than
// were asked for. That is correct, too: standard error is for people, and the
// promised line is among them.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	if len(os.Args) == 1 {
		fmt.Fprintf(os.Stderr, "usage: %s ADDR [word...]\n", os.Args[0])
		os.Exit(2)
	}
	if err := ask(context.Background(), os.Args[1], os.Args[2:]...); err != nil {
		log.Fatal(err)
	}
}

func ask(ctx context.Context, addr string, words ...string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	log.Printf("tcp %v -> %v", conn.LocalAddr(), conn.RemoteAddr())

	if len(words) > 0 {
		n, err := io.WriteString(conn, strings.Join(words, " ")+"\n")
		if err != nil {
			return err
		}
		log.Printf("sent %d bytes", n)
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return err
		}
	}
	n, err := io.Copy(os.Stdout, conn)
	log.Printf("got %d bytes", n)
	return err
}
