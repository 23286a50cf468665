// Ask is a TCP client: it sends one line and prints all that comes back.
//
//	ask ADDR [word...]
//
// The words, joined by spaces, are the line. Without words ask sends nothing
// and only listens. The connection's two addresses go to standard error and
// the reply, byte for byte, to standard output. Ask exits with status 0 after
// the peer's end of stream, 1 after a network error, 2 if used wrongly.
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

// ask dials addr, sends words as one line, and prints the reply until the
// peer ends it.
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
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// say sends words as one line and then a FIN: the peer reads the line, then
// the end of the stream, and still can answer.
func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		line := strings.Join(words, " ") + "\n"
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
