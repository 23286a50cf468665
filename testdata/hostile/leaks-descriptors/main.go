// Every descriptor is used up before the first client comes. Accept then fails
// at once, each time that it is called, and the loop calls it forever.
//
// The program limits itself to 256 descriptors, so that it is the same
// everywhere.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 256, Max: 256})
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	var files []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		files = append(files, f)
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Println(err, "with", len(files), "files")
			continue
		}
		conn.Close()
	}
}
