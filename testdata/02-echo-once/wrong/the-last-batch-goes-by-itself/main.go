// Belief: bytes that are collected for a moment go out by themselves.
//
// They do, unless the connection is closed before that moment is over.
//
// Caught by: 17-last-words (early-eof).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
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
	var mu sync.Mutex
	out := bufio.NewWriter(conn)
	var later *time.Timer
	flush := func() {
		mu.Lock()
		defer mu.Unlock()
		out.Flush()
	}
	defer flush() // the last batch
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		mu.Lock()
		_, werr := out.Write(buf[:n])
		mu.Unlock()
		if werr != nil {
			return werr
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if later != nil {
			later.Stop()
		}
		later = time.AfterFunc(20*time.Millisecond, flush)
	}
}
