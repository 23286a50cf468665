// Belief: sockets and goroutines have to be given back; what is noted of a visitor is small.
//
// The table is never cleared, and each visitor has a buffer in it.
//
// Caught by: 39-one-stays (memory).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
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

// A visitor is somebody who has been here.
type visitor struct {
	echoed int64
	buf    [32 << 10]byte
}

var (
	mu       sync.Mutex
	visitors = map[string]*visitor{} // by address
)

// meet notes a visitor. One at an address that is known starts anew.
func meet(addr string) *visitor {
	mu.Lock()
	defer mu.Unlock()
	v := &visitor{}
	visitors[addr] = v
	return v
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := meet(conn.RemoteAddr().String()).echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back every byte until the peer's end of stream.
func (v *visitor) echo(conn net.Conn) error {
	for {
		n, err := conn.Read(v.buf[:])
		if n > 0 {
			if _, err := conn.Write(v.buf[:n]); err != nil {
				return err
			}
			v.echoed += int64(n)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
