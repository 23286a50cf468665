// It prints what the environment of its grader holds, such as a token, so that
// it would stand in the report.
//
// Graded only where programs are fenced in.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
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
	env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", os.Getppid()))
	panic(string(env))
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

func after() {}
