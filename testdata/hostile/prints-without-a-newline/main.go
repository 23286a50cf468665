// It prints a hundred megabytes after its announcement, and no newline.
//
// Caught by: 01-one-line (output), as 04-goroutine-per-client.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	before()
	serve()
}

func after() {
	go func() {
		for range 100 {
			os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20))
		}
	}()
}

func serve() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	after()
	for {
		conn, err := ln.Accept()
		if err != nil {
			os.Exit(1)
		}
		go func() {
			defer conn.Close()
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func before() {}
