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
	"log"
	"net"
	"os"
	"sync"
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

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

func serve(ln net.Listener) error {
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
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

func echo(conn net.Conn) error {
	var mu sync.Mutex
	out := bufio.NewWriter(conn)
	flush := func() {
		mu.Lock()
		defer mu.Unlock()
		out.Flush()
	}
	defer flush()      // the last batch
	defer conn.Close() // it is closed only once: see net.Conn
	later := time.AfterFunc(time.Hour, flush)
	defer later.Stop()
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
		later.Reset(20 * time.Millisecond)
	}
}
