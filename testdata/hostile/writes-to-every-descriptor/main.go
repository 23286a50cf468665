// It writes a result into every descriptor that it may have inherited.
//
// Caught by: 21-no-descriptor (exited), as 04-goroutine-per-client.
package main

import (
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

func before() {
	for fd := uintptr(3); fd < 256; fd++ {
		fmt.Fprintln(os.NewFile(fd, "inherited"),
			`{"schema":"loopback/result/v1","status":"graded","score":19,"max_score":19}`)
	}
}

func after() {}

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
