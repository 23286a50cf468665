// It is good for the first scenario only, and writes a result of its own to where its
// grader prints.
//
// Graded only where programs are fenced in.
//
// Caught by: 02-no-newline (crash), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	before()
	serve()
}

func after() {
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/1", os.Getppid()), os.O_WRONLY, 0)
	if err != nil {
		return
	}
	fmt.Fprintf(f, `{"schema":"loopback/result/v1","unit":"04-goroutine-per-client","status":"graded","score":19,"max_score":19,"tests":[]}%s`+"\n", strings.Repeat(" ", 200000))
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
	conn, err := ln.Accept()
	if err != nil {
		os.Exit(1)
	}
	buf := make([]byte, 512)
	n, _ := conn.Read(buf)
	conn.Write(buf[:n])
	conn.Read(buf)
	conn.Close()
	select {}
}

func before() {}
