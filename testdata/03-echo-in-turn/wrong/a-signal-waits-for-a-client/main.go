// Belief: between two clients is the right moment to check whether a signal has come.
//
// In Accept nothing checks: the server goes on until one more client has come and gone.
//
// Caught by: 30-stops (no-exit).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)

	if err := run(*listen, stop); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

func run(addr string, stop <-chan os.Signal) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, stop)
}

// serve lets the client that is being served finish before it obeys stop.
func serve(ln net.Listener, stop <-chan os.Signal) error {
	for {
		select {
		case sig := <-stop:
			log.Println("stopped:", sig)
			return nil
		default:
		}
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
