// Belief: only a name has to be looked up; an address in numbers is printed as it was typed.
//
// The same address can be written in many ways.
//
// Caught by: 25-as-the-connection-has-it (output).
package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
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
	// A name says nothing; an address is what we are connected with.
	remote := addr
	if _, err := netip.ParseAddrPort(addr); err != nil {
		remote = conn.RemoteAddr().String()
	}
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", remote)
	if err := say(conn.(*net.TCPConn), words); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
