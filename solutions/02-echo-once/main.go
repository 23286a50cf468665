// Echo-once is a server for one connection: it sends every byte back.
//
//	echo-once [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached, accepts one client,
// echoes until that client has no more to say, and exits with status 0. After a
// network error it exits with status 1. It has no time limit.
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

// run listens on addr, announces on standard output the address that it has
// got, and serves one client. It returns the first error, of its own or of
// serve. The listener is closed when run returns.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve waits for one client of ln, as long as it takes, and echoes until that
// client is done. It returns the first error. The connection is closed when
// serve returns.
func serve(ln net.Listener) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	return echo(conn)
}

// echo sends back every byte that the peer sends, as soon as it comes, until
// the peer's end of stream, for which it returns nil. Of what a peer that does
// not read has sent it keeps at most 1 MiB. It returns every other error of a
// read or a write.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
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
