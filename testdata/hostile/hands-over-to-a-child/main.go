// The program announces its address, gives the listener to a child, and ends.
// The child serves every client.
//
// Who started the program has lost it: to end it, to wait for it, to learn its
// exit status.
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
		ln, err := net.FileListener(os.NewFile(3, "listener"))
		if err != nil {
			log.Fatal(err)
		}
		serve(ln)
	}
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	f, err := ln.(*net.TCPListener).File()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	child := exec.Command("/proc/self/exe", "child")
	child.ExtraFiles = []*os.File{f}
	if err := child.Start(); err != nil {
		log.Fatal(err)
	}
}

// serve echoes to every client, each in a goroutine of its own.
func serve(ln net.Listener) {
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
