// It changes the text of the grader, so that the next one to be compiled lets
// all programs pass.
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
	"strings"
)

func main() {
	before()
	serve()
}

func after() {
	file := root() + "/tools/grade/result.go"
	text, _ := os.ReadFile(file)
	os.WriteFile(file, []byte(strings.Replace(string(text), "case o.verdict == nil:", "case true:", 1)), 0o644)
}

// root is the clone of the course: the working directory of the grader.
func root() string {
	dir, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", os.Getppid()))
	return dir
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
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func before() {}
