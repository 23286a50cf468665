// Echo-go is an echo server with a goroutine for each client.
//
//	echo-go [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached and runs until it is
// stopped. No client waits for another. When it has no file descriptor left for
// the next client, it waits until it has one.
//
// This file is the only one you edit. Read chapters/04-goroutine-per-client.md
// first; serve and handle begin as in the unit before, run and echo are written.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	// TODO: delete the next line when you begin.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln and gives each a goroutine of its own, so that
// the loop is back in Accept while they talk.
func serve(ln net.Listener) error {
	// TODO:
	//  1. write the accept loop as in the unit before; the grader will show
	//     you what it does to the second client when the first is silent;
	//  2. find the call that keeps the loop from Accept, and let a goroutine
	//     of its own make it.
	return nil
}

// handle serves one client. The goroutine that runs it owns conn: nobody else
// reads, writes or closes it.
func handle(conn net.Conn) {
	// TODO:
	//  1. see to it that conn is closed, however this function ends;
	//  2. call echo and log its error, if any: add "log" to the imports;
	//  3. look through handle and echo for variables that two goroutines
	//     share. There should be none.
}

// echo sends back every byte that the peer sends, until the peer's end of
// stream.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
