// Every client is served, and a daemon is left: forked twice, in a session of
// its own, with init for a parent.
//
// Caught by: 01-one-line (left-processes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "fork-again" {
		if err := exec.Command("sleep", "1000").Start(); err != nil {
			log.Fatal(err)
		}
		return
	}
	middle := exec.Command("/proc/self/exe", "fork-again")
	middle.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := middle.Run(); err != nil {
		log.Fatal(err)
	}
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	serve(ln)
}

// serve echoes to every client, each in a goroutine of its own.
func serve(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}
