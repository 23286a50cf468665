// Belief: the length of the channel is the number of clients before the next one.
//
// The client that is being served is also before it, and in no channel any more.
//
// Caught by: 36-place (wrong-bytes).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	place := flag.Bool("place", false, "tell a client how many are before it")
	flag.Parse()
	if err := run(*listen, *place); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string, place bool) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, place)
}

// serve accepts clients as they come and hands them over to one worker.
func serve(ln net.Listener, place bool) error {
	queue := make(chan net.Conn, 256)
	defer close(queue)
	go work(queue)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if before := len(queue); place && (before > 0 || busy.Load()) {
			fmt.Fprintf(conn, "%d before you\n", before)
		}
		queue <- conn // what does not fit waits in the kernel, and hears its place later
	}
}

// busy says that a client is being served.
var busy atomic.Bool

// work serves the clients of queue one after another.
func work(queue <-chan net.Conn) {
	for conn := range queue {
		busy.Store(true)
		handle(conn)
		busy.Store(false)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
