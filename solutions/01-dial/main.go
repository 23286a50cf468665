// Ask is a TCP client: it sends one line and prints all that comes back.
//
//	ask ADDR [word...]
//
// ADDR is HOST:PORT; HOST may be a name. The words, each just as it was given
// and joined by spaces, are the line. Without words ask sends nothing and only
// listens. A line "tcp LOCAL -> REMOTE" with the connection's two addresses
// goes to standard error, and the reply, byte for byte, to standard output.
//
// Ask exits with status 0 after the peer's end of stream, 2 if used wrongly,
// and 1 when the network or standard output fails: then one more line on
// standard error is the error itself, in the system's words. There is no time
// limit.
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
	_, err = io.Copy(os.Stdout, conn)
	return err
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
