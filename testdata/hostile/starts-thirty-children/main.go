// Thirty children are started, each in a session of its own and deaf to SIGHUP
// and SIGTERM. Every client is served.
//
// Caught by: 01-one-line (left-processes), as 05-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os/exec"
	"syscall"
)

func main() {
	for range 30 {
		child := exec.Command("/bin/sh", "-c", `trap "" HUP TERM; echo; exec sleep 1000`)
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		deaf, err := child.StdoutPipe()
		if err != nil {
			log.Fatal(err)
		}
		if err := child.Start(); err != nil {
			log.Fatal(err)
		}
		deaf.Read(make([]byte, 1)) // it has set its trap
	}
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	serve(ln)
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
			io.Copy(conn, conn)
		}()
	}
}
