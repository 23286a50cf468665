// A child, without a trace of where it comes from, waits until the grader is
// gone, and then writes.
//
// Graded only where programs are fenced in.
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
	"strconv"
	"syscall"
	"time"
)

func main() {
	before()
	serve()
}

func before() {
	if len(os.Args) > 2 && os.Args[1] == "wait" {
		pid, _ := strconv.Atoi(os.Args[2])
		for range 600 {
			if syscall.Kill(pid, 0) == syscall.ESRCH {
				for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm", os.Args[3]} {
					os.WriteFile(dir+"/too-late", []byte("all pass"), 0o644)
				}
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		os.Exit(0)
	}
	home, _ := os.UserHomeDir()
	bomb := exec.Command("/proc/self/exe", "wait", strconv.Itoa(os.Getppid()), home)
	bomb.Env, bomb.Dir, bomb.SysProcAttr = []string{}, "/", &syscall.SysProcAttr{Setsid: true}
	bomb.Start()
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
