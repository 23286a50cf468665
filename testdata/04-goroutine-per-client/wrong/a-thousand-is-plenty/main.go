// Belief: every server needs a limit, and a thousand clients at a time is more than anybody has.
//
// The next one is connected, and waits until another leaves. Nothing says why.
//
// Caught by: 40-eleven-hundred (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
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

// places has one entry for each client that is served.
var places = make(chan struct{}, 1000)

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle serves one client to its end, when there is a place for it.
func handle(conn net.Conn) {
	defer conn.Close()
	places <- struct{}{}
	defer func() { <-places }()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if _, failed := conn.Write(buf[:n]); failed != nil {
			log.Print(failed)
			return
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Print(err)
			return
		}
	}
}
