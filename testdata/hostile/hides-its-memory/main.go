// Three gigabytes are in a file without a name (memfd_create(2)), and nothing is
// mapped: no process seems to have them. Where it gets none it ends.
//
// Graded only where programs are fenced in.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func main() {
	before()
	serve()
}

func before() {
	name := []byte("x\x00")
	fd, _, errno := syscall.Syscall(unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&name[0])), 0, 0)
	if errno != 0 {
		fmt.Fprintln(os.Stderr, errno)
		os.Exit(1)
	}
	chunk := make([]byte, 1<<20)
	for range 3 << 10 {
		if _, err := syscall.Write(int(fd), chunk); err != nil {
			fmt.Fprintln(os.Stderr, err)
			break
		}
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
