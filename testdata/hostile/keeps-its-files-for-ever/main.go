// It makes folders that cannot be removed (FS_IMMUTABLE_FL in ioctl_iflags(2)), where root
// grades.
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
	const set, immutable = 0x40086602, 0x10 // FS_IOC_SETFLAGS, FS_IMMUTABLE_FL
	os.MkdirAll("kept/for/ever", 0o755)
	for _, name := range []string{"kept/for/ever", "kept/for", "kept"} {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		flags := immutable
		syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), set, uintptr(unsafe.Pointer(&flags)))
		f.Close()
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
