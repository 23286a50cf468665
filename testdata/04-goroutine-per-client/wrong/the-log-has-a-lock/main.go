// Belief: log has a lock of its own, so goroutines that only log and add up need no other.
//
// The sum of bytes in the log is wrong whenever two clients talk at the same time.
//
// Caught by: 19-race (race), built with -race.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// total is how many bytes came from all clients.
var total int

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// handle serves one client to its end. Goroutines come through log one by one.
func handle(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err == nil {
			log.Println(conn.RemoteAddr(), "sent", n, "bytes")
			_, err = conn.Write(buf[:n])
			total += n
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), "has gone:", err)
			log.Println("bytes in all:", total)
			return
		}
	}
}
