// The listener is closed as soon as the only client is in, and everything is
// logged on standard error. That is correct, too: a connection does not need
// the listener that it came from, and the log is not the output.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	log.Printf("asked for %s", *listen)
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", ln.Addr())

	conn, err := ln.Accept()
	if err != nil {
		log.Fatal(err)
	}
	ln.Close()
	log.Printf("client %s", conn.RemoteAddr())

	n, err := echo(conn)
	conn.Close()
	log.Printf("%d bytes echoed", n)
	if err != nil {
		log.Fatal(err)
	}
}

// echo returns how many bytes it sent back.
func echo(conn net.Conn) (total int64, err error) {
	buf := make([]byte, 256)
	for {
		n, err := conn.Read(buf)
		sent, failed := conn.Write(buf[:n])
		total += int64(sent)
		switch {
		case failed != nil:
			return total, failed
		case err == io.EOF:
			return total, nil
		case err != nil:
			return total, err
		}
	}
}
