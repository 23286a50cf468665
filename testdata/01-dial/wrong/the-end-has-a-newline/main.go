// Belief: a reply is lines, and each of them ends with a newline, the last one as well.
//
// ReadString returns what comes after the last newline together with io.EOF, and that
// piece is thrown away with the error.
//
// Caught by: 04-big-reply (output).
package main

import (
	"bufio"
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
// peer ends it. It prints the connection's two ends on standard error, and
// returns the first error of the dial, of say, of the reads or of standard
// output. The connection is closed when ask returns.
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

// show prints the reply, line by line.
func show(conn net.Conn) error {
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString(line); err != nil {
			return err
		}
	}
}

// say sends words as one line and then a FIN: the peer reads the line, then
// the end of the stream, and still can answer. Without words there is no line,
// only the FIN. It returns the first error.
func say(conn *net.TCPConn, words []string) error {
	if len(words) > 0 {
		line := strings.Join(words, " ") + "\n"
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
	}
	return conn.CloseWrite()
}
