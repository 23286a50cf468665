//go:build unix

// Belief: net.Listen is the same system calls, and the one number that it
// does not take can be set afterwards.
//
// True on Linux, where a second listen changes the backlog. But who wrote the
// other calls?
//
// Caught by: 19-by-hand (source).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	backlog := flag.Int("backlog", 128, "how many connections may wait")
	hold := flag.Bool("hold", false, "read a line before the first accept")
	flag.Parse()
	if err := run(*listen, *backlog, *hold); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		os.Exit(1)
	}
}

func run(addr string, backlog int, hold bool) error {
	ln, err := net.Listen("tcp4", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	raw.Control(func(fd uintptr) { err = unix.Listen(int(fd), backlog) })
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Println("listening on", ln.Addr())

	if hold {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
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
	if _, err := io.Copy(conn, conn); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
	}
}
