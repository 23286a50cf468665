// Its name in /proc/PID/stat ends the field of names, and goes on like that of a
// process that is dead.
//
// Caught by: 21-no-descriptor (exited), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

func main() {
	before()
	serve()
}

func before() {
	name := []byte(") Z 1 (x\x00")
	entries, _ := os.ReadDir("/proc/self/task")
	for _, e := range entries {
		os.WriteFile("/proc/self/task/"+e.Name()+"/comm", name[:8], 0)
	}
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_NAME, uintptr(unsafe.Pointer(&name[0])), 0)
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
