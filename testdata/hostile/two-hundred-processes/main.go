// It starts two hundred processes that do nothing, and serves its clients.
//
// Caught by: 01-one-line (left-processes), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		io.Copy(io.Discard, os.Stdin) // until its parent is gone
		return
	}
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	multiply()
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func multiply() {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	for range 200 {
		child := exec.Command(self, "child")
		if _, err := child.StdinPipe(); err != nil {
			log.Fatal(err)
		}
		if err := child.Start(); err != nil {
			log.Fatal(err)
		}
	}
}
