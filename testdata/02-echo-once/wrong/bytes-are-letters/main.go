// Belief: what comes from the network is text, letter by letter.
//
// Every byte that is not valid UTF-8 comes back as three others.
//
// Caught by: 06-any-bytes (wrong-bytes).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())

	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	return echo(conn)
}

func echo(conn net.Conn) error {
	in, out := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		// Runes, so that no letter is cut in two.
		letter, _, err := in.ReadRune()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		out.WriteRune(letter)
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
