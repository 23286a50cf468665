// The program accepts a client, never answers it, and ignores every signal
// that can be ignored, SIGQUIT included: no goroutine dump can be had of it.
//
// Caught by: 01-one-line (silence), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os/signal"

	"golang.org/x/sys/unix"
)

func main() {
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGHUP)
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	var clients []net.Conn
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		clients = append(clients, conn)
	}
}
