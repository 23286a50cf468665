// Belief: a goroutine that only waits costs nothing, so it does not matter when it ends.
//
// Every client that ever came leaves its watcher behind; the server's memory only grows.
//
// Caught by: 11-three-hundred (leak).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until Ctrl-C.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())

	quit := make(chan struct{})
	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, os.Interrupt)
		<-stop
		close(quit)
		ln.Close()
	}()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn, quit)
	}
}

// handle serves one client until it leaves or the server is to end.
func handle(conn net.Conn, quit <-chan struct{}) {
	defer conn.Close()
	go func() {
		<-quit
		conn.Close() // wakes up the Read below
	}()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
