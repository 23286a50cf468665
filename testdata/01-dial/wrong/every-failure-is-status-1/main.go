// Belief: there are two outcomes, 0 for success and 1 foreverything else.
//
// A script cannot tell a server that is down, which may be tried again, from
// its own mistake.
//
// Caught by: 13-usage (exit-status).
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ask: ")
	if len(os.Args) < 2 {
		log.Fatal("usage: ask ADDR [word...]")
	}
	if err := ask(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func ask(addr string, words []string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(os.Stderr, "tcp %s -> %s\n", conn.LocalAddr(), conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := fmt.Fprintln(conn, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}
