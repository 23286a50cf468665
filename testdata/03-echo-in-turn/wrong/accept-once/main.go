// Belief: after Accept the connection serves every client that comes.
//
// The second client is connected by the kernel and then waits forever, because the program is not in Accept.
//
// Caught by: 08-five-in-turn (silence).
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
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	go serve(ln)

	// The server runs until Ctrl-C ends it.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

// serve switches ln on with Accept and echoes what the clients send.
func serve(ln net.Listener) {
	conn, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
