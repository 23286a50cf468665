// -max N is a limit with manners: what was echoed arrives, because the server ends its own
// direction first and closes only when the client has ended, too.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	limit := flag.Int64("max", math.MaxInt64, "echo at most `N` bytes")
	flag.Parse()
	if err := run(*listen, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

func run(addr string, limit int64) error {
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
	return echo(conn.(*net.TCPConn), limit)
}

// echo sends back limit bytes at the most, ends its own direction, and then
// reads the rest, for unread bytes would turn the close into a reset.
func echo(conn *net.TCPConn, limit int64) error {
	if _, err := io.CopyN(conn, conn, limit); err == io.EOF {
		return nil // the client has ended before the limit
	} else if err != nil {
		return err
	}
	if err := conn.CloseWrite(); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, conn)
	return err
}
