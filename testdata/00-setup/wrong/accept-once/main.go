// Belief: one Accept opens the door for all clients.
//
// The first client is greeted; every other one is connected by the kernel and
// then hears nothing.
//
// Caught by: 02-next-client (silence).
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
)

// greeting is what every client is told.
const greeting = "hello, socket\n"

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())

	// Accept opens the door; from then on clients come in by themselves.
	conn, err := ln.Accept()
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
	io.WriteString(conn, greeting) // a client that left early misses it, no more
	conn.Close()

	// Stay until somebody presses Ctrl-C.
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	<-interrupt
}
