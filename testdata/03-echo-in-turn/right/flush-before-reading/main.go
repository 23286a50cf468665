// Echo-seq with bufio on both sides. What was written is flushed whenever no
// more input is at hand, so nothing stays in a buffer while the server waits.
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

// serve takes clients from ln one at a time.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(conn)
	}
}

func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back what comes, byte by byte as far as this code can see.
func echo(conn net.Conn) error {
	in, out := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		b, err := in.ReadByte()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if err := out.WriteByte(b); err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
