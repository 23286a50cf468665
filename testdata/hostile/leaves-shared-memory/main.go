// It leaves shared memory of System V behind, which outlives every process.
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
	const size = 64 << 20
	id, _, errno := syscall.Syscall(syscall.SYS_SHMGET, 0, size, 0o1600)
	if errno != 0 {
		return
	}
	at, _, _ := syscall.Syscall(syscall.SYS_SHMAT, id, 0, 0)
	all := unsafe.Slice((*byte)(unsafe.Pointer(at)), size)
	for i := 0; i < size; i += 4096 {
		all[i] = 1
	}
	syscall.Syscall(syscall.SYS_SHMDT, at, 0, 0)
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
