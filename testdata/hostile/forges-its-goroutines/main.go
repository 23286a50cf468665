// A goroutine is left for each client, and SIGQUIT is answered with a dump of
// the program's own making.
//
// Caught by: 11-three-hundred (leak), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	before()
	serve()
}

func after() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGQUIT)
	go func() {
		<-c
		fmt.Fprint(os.Stderr, "SIGQUIT: quit\nPC=0x0 m=0 sigcode=0\n\ngoroutine 1 [IO wait]:\nmain.main()\n"+
			"\t/x/main.go:1 +0x1\n\nrax 0x0\n")
		os.Exit(2)
	}()
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
			go func() { select {} }()
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func before() {}
