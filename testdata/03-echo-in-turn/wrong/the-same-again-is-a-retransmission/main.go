// Belief: a line that comes twice was sent again by the network, because the first one seemed to be lost.
//
// TCP sends lost segments again, and lets no program see it. A line that comes twice was written twice.
//
// Caught by: 32-all-sorts (silence, or wrong-bytes).
package main

import (
	"bytes"
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
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln one after another. While there is
// no file descriptor for the next client it waits, and tries again.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			log.Println(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		handle(conn)
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back what the peer sends, until its end of stream.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	var last []byte
	for {
		n, err := conn.Read(buf)
		if again := n > 1 && bytes.Equal(buf[:n], last); n > 0 && !again {
			if _, err := conn.Write(buf[:n]); err != nil {
				return err
			}
			last = bytes.Clone(buf[:n])
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
