// Belief: when a write fails, the read fails as well.
//
// It may, but the goroutine that reads does not get there: it waits until the
// one that writes takes the next chunk, and that one has returned.
//
// Caught by: 19-reset-while-sending (crash).
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
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
	chunks := make(chan []byte)
	var writer sync.WaitGroup
	writer.Go(func() { write(conn, chunks) })
	defer writer.Wait()
	defer close(chunks)
	for {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if n > 0 {
			chunks <- buf[:n]
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func write(conn net.Conn, chunks <-chan []byte) {
	for chunk := range chunks {
		if _, err := conn.Write(chunk); err != nil {
			return // the read will say the same
		}
	}
}
