// It stops its parent, and every other process that it can see.
//
// Graded only where programs are fenced in.
//
// Caught by: 21-no-descriptor (exited), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
)

func main() {
	before()
	serve()
}

func before() {}

func after() {
	syscall.Kill(os.Getppid(), syscall.SIGSTOP)
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && pid != os.Getpid() {
			syscall.Kill(pid, syscall.SIGSTOP)
		}
	}
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
