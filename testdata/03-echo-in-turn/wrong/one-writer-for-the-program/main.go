// Belief: a bufio.Writer is expensive and knows where to write, so one is enough for the program.
//
// The second client is hung up on: its echo goes to the connection of the first.
//
// Caught by: 08-five-in-turn (early-eof).
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

// out is the way back to the client.
var out *bufio.Writer

// serve takes clients from ln one at a time.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if out == nil { // made once, used again and again
			out = bufio.NewWriter(conn)
		}
		if err := echo(conn); err != nil {
			log.Println(conn.RemoteAddr(), err)
		}
		conn.Close()
	}
}

// echo sends back what comes, and flushes so that nothing stays behind.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		out.Write(buf[:n])
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
