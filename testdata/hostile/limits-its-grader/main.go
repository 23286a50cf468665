// It lowers the limits of its grader (prlimit(2)), so that it should end.
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
	"syscall"
	"unsafe"
)

func main() {
	before()
	serve()
}

func before() {
	lowest := [2]uint64{3, 3}
	for _, what := range []uintptr{syscall.RLIMIT_NOFILE, syscall.RLIMIT_AS, syscall.RLIMIT_CPU} {
		to := uintptr(unsafe.Pointer(&lowest))
		syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(os.Getppid()), what, to, 0, 0, 0)
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
