// Belief: a client is one that says something; who only looked in does not count.
//
// After a client that sent nothing the program accepts another one, and does not end.
//
// Caught by: 10-exit (no-exit).
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
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	for {
		// A port scan or a health check says nothing; it is not our client.
		n, err := serve(ln)
		if n > 0 || err != nil {
			return err
		}
	}
}

// serve echoes one client and says how many bytes that were.
func serve(ln net.Listener) (int64, error) {
	conn, err := ln.Accept()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return io.Copy(conn, conn)
}
