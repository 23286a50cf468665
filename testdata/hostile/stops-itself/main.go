// The program stops itself like a job in a shell (SIGSTOP). It is neither
// asleep nor gone, and no signal but SIGCONT and SIGKILL reaches it.
//
// Caught by: 01-one-line (silence), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	unix.Kill(os.Getpid(), unix.SIGSTOP)
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
			if _, err := io.Copy(conn, conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}
