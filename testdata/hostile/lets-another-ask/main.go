// It makes a connection, and lets cat(1) read from it, which ends first: when the scenario
// is over no other program is there any more.
//
// Caught by: 01-a-greeting (source), as 01-dial.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR [word...]")
		os.Exit(2)
	}
	if err := ask(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
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
	if len(words) > 0 {
		if _, err := conn.Write([]byte(strings.Join(words, " ") + "\n")); err != nil {
			return err
		}
	}
	in, err := conn.(*net.TCPConn).File()
	if err != nil {
		return err
	}
	cat := exec.Command("cat")
	cat.Stdin, cat.Stdout, cat.Stderr = in, os.Stdout, os.Stderr
	return cat.Run()
}
