// The echo is right to the end of the client's stream. Then, instead of a FIN,
// the client gets one byte every 50 ms, forever.
//
// Each byte is progress, and yet one of them is enough for a verdict.
//
// Caught by: 07-half-close (extra-bytes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go handle(conn)
	}
}

// handle echoes, and cannot say goodbye.
func handle(conn net.Conn) {
	defer conn.Close()
	io.Copy(conn, conn)
	for {
		if _, err := conn.Write([]byte(".")); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
