// It leaves a process in a PID namespace of its own, which it made as root of a
// user namespace.
//
// Caught by: 01-one-line (left-processes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	before()
	serve()
}

func before() {
	sleep := exec.Command("sleep", "1000")
	sleep.Env = []string{}
	sleep.SysProcAttr = &syscall.SysProcAttr{Setsid: true,
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	sleep.Start()
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
