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
// standard error is the error itself, in the system's words.
//
// This file is the only one you edit.
// Read chapters/01-dial.md first: it builds the program step by step.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	// TODO: delete the next line, write ask and say, and run the grader.
	notWritten()

	// TODO: without an address in os.Args[1], print a line that begins with
	// "usage:" on standard error and exit with status 2.
	if err := ask(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

// ask dials addr, sends words as one line, and prints the reply until the
// peer ends it.
func ask(addr string, words []string) error {
	// TODO:
	//  1. Dial addr over TCP. Return the error if nobody answers; otherwise
	//     make sure that the connection is closed when ask returns.
	//  2. Print "tcp LOCAL -> REMOTE" and a newline on standard error, with
	//     the connection's own two addresses.
	//  3. Call say with the connection, which is a *net.TCPConn, and words.
	//  4. Copy the connection to os.Stdout until the end of the stream, and
	//     return the error, if there is one.
	return nil
}

// say sends words as one line and then a FIN: the peer reads the line, then
// the end of the stream, and still can answer.
func say(conn *net.TCPConn, words []string) error {
	// TODO:
	//  1. If there are words, write them, joined by spaces and ended by a
	//     newline.
	//  2. In any case half-close: say that no more will be sent.
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
