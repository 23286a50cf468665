// Echo-once is a server for one connection: it sends every byte back.
//
//	echo-once [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached, accepts one client,
// echoes until that client has no more to say, and exits with status 0. After
// a network error it exits with status 1. It has no limit of time.
//
// This file is the only one you edit.
// Read chapters/02-echo-once.md first: it builds the program step by step.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
)

func main() {
	// TODO: delete the next line, write run, serve and echo, and run the
	// grader.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves one client.
func run(addr string) error {
	// TODO:
	//  1. Listen on addr over TCP. Return the error if that fails; otherwise
	//     make sure that the listener is closed when run returns.
	//  2. Print "listening on ADDR" and a newline on standard output, with
	//     the listener's own address: addr may have asked for port 0.
	//  3. Call serve, and return what it returns.
	return nil
}

// serve takes one client from ln and echoes until that client is done.
func serve(ln net.Listener) error {
	// TODO:
	//  1. Accept one connection, and make sure that it is closed when serve
	//     returns.
	//  2. Call echo, and return what it returns.
	return nil
}

// echo sends back every byte that the peer sends, until the peer's end of
// stream.
func echo(conn net.Conn) error {
	// TODO: make a buffer, then again and again
	//  1. read into it,
	//  2. write back the bytes that were read, and no others,
	//  3. return nil when Read said io.EOF, and any other error as it is.
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
