// It makes each thread of its grader the last of all, on one processor (sched_setscheduler(2)), so that the
// machine should be too busy for a verdict.
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
	"path/filepath"
	"strconv"
	"syscall"
	"unsafe"
)

func main() {
	before()
	serve()
}

func before() {
	idle := uintptr(unsafe.Pointer(new(int32))) // struct sched_param
	first := [8]byte{1}                         // the first processor alone
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", os.Getppid()))
	for _, task := range tasks {
		tid, _ := strconv.Atoi(filepath.Base(task))
		syscall.RawSyscall(syscall.SYS_SETPRIORITY, syscall.PRIO_PROCESS, uintptr(tid), 19)
		syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, uintptr(tid), 8, uintptr(unsafe.Pointer(&first)))
		const schedIdle = 5
		syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, uintptr(tid), schedIdle, idle)
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
