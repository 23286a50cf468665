// Belief: what begins with 0xff is telnet, and not meant for us.
//
// Some bytes at the beginning of a conversation are taken off: telnet's negotiation is bytes like any others here.
//
// Caught by: 25-any-opening (wrong-bytes).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

const (
	iac  = 0xff
	will = 0xfb // then wont, do, dont
	dont = 0xfe
)

func main() {
	addr := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	ln, err := net.Listen("tcp", *addr)
	if err == nil {
		fmt.Println("listening on", ln.Addr())
		err = serve(ln)
	}
	fmt.Fprintln(os.Stderr, "echo-seq:", err)
	os.Exit(1)
}

func serve(ln net.Listener) error {
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		handle(c)
	}
}

func handle(c net.Conn) {
	defer c.Close()
	if err := echo(c); err != nil {
		log.Println(c.RemoteAddr(), err)
	}
}

func echo(c net.Conn) error {
	buf := make([]byte, 8192)
	for first := true; ; first = false {
		n, err := c.Read(buf)
		said := buf[:n]
		if first {
			said = withoutNegotiation(said)
		}
		if len(said) > 0 {
			if _, err := c.Write(said); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// withoutNegotiation skips what a telnet client says to its server rather than
// to us.
func withoutNegotiation(p []byte) []byte {
	for len(p) >= 3 && p[0] == iac && p[1] >= will && p[1] <= dont {
		p = p[3:]
	}
	return p
}
