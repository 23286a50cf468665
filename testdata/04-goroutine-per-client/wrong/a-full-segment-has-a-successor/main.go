// Belief: a read that fills a whole segment is the middle of something longer.
//
// Messages of 1,460 bytes, or a multiple, come back only with what follows.
//
// Caught by: 25-sizes (silence).
package main

import (
	"bufio"
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

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// segment is what TCP sends at once over Ethernet.
const segment = 1460

// echo sends back every byte until the peer's end of stream, in few writes: after a
// full segment more will come.
func echo(conn net.Conn) error {
	out := bufio.NewWriterSize(conn, 16*segment)
	buf := make([]byte, segment)
	for {
		n, err := conn.Read(buf)
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		if n < len(buf) {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
