// Belief: a free port stays free until one needs it.
//
// A listener finds out which port is free and is closed again; the address is
// announced, and only then does the program really listen there.
//
// Caught by: 11-listens-first (not-listening).
package main

import (
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
	free, err := freeAddress(addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", free)
	ln, err := net.Listen("tcp", free)
	if err != nil {
		return err
	}
	defer ln.Close()
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.Copy(conn, conn)
	return err
}

// freeAddress returns addr with a port that is free at the moment.
func freeAddress(addr string) (string, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}
