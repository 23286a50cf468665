// Belief: Load and Store are atomic, so a sum that is made with them is exact.
//
// What others add between this goroutine's Load and its Store is lost.
//
// Caught by: 44-exact-total (output).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	say := flag.Bool("total", false, "log the number of bytes echoed when a client leaves")
	flag.Parse()
	if err := run(*listen, *say); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string, say bool) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, say)
}

// total is how many bytes have been echoed to all clients.
var total atomic.Int64

// serve gives each client of ln a goroutine of its own.
func serve(ln net.Listener, say bool) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go handle(conn, say)
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn, say bool) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
	if say {
		log.Println("total", total.Load())
	}
}

// echo sends back every byte that the peer sends, and counts it.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	sum := total.Load()
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			n, err := conn.Write(buf[:n])
			sum += int64(n)
			total.Store(sum)
			if err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
