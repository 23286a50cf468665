// Echo-seq with a queue of its own: one goroutine accepts, another serves. It
// is still one client at a time, in the order in which they came, because there
// is one worker; clients merely wait in a channel instead of the backlog.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve puts the clients of ln into a queue, from which one worker takes them.
func serve(ln net.Listener) error {
	queue := make(chan net.Conn, 16)
	defer close(queue)
	go work(queue)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		queue <- conn // with a full queue the rest waits in the backlog
	}
}

// work serves the clients of queue one after another.
func work(queue <-chan net.Conn) {
	for conn := range queue {
		handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
