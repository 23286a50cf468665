// It makes its grader the owner of each connection (F_SETOWN in fcntl(2)), so that the kernel should send it SIGKILL
// when bytes come.
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
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			os.Exit(1)
		}
		give(conn.(*net.TCPConn))
		go func() {
			defer conn.Close()
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

// give makes the grader the owner of a socket that sends its owner a signal.
func give(conn *net.TCPConn) {
	const setSig = 10 // F_SETSIG
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		syscall.RawSyscall(syscall.SYS_FCNTL, fd, syscall.F_SETOWN, uintptr(os.Getppid()))
		syscall.RawSyscall(syscall.SYS_FCNTL, fd, setSig, uintptr(syscall.SIGKILL))
		flags, _, _ := syscall.RawSyscall(syscall.SYS_FCNTL, fd, syscall.F_GETFL, 0)
		syscall.RawSyscall(syscall.SYS_FCNTL, fd, syscall.F_SETFL, flags|syscall.O_ASYNC)
	})
}
