// There is a data race, and the program starts itself again with settings of the race
// detector by which it says nothing.
//
// Caught by: 19-race (race), built with -race, as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

func main() {
	before()
	serve()
}

var count int

func before() {
	if strings.Contains(os.Getenv("GORACE"), "log_path") {
		return
	}
	self, _ := os.Executable()
	env := []string{"GORACE=log_path=" + os.TempDir() + "/race exitcode=0 halt_on_error=0 atexit_sleep_ms=0 " +
		"suppress_equal_stacks=1"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GORACE=") {
			env = append(env, v)
		}
	}
	syscall.Exec(self, os.Args, env)
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
			for range 1000 {
				count++
			}
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func after() {}
