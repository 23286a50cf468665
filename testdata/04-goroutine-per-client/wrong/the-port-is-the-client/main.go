// Belief: a port tells one client from all others; if it comes again, the old one is dead.
//
// A client is cut off when one at another address comes with the same port.
//
// Caught by: 33-from-anywhere (early-eof).
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
		enter(conn)
		go handle(conn)
	}
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer leave(conn)
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// present has the clients that are there, by their port.
var (
	mu      sync.Mutex
	present = map[int]net.Conn{}
)

func port(conn net.Conn) int { return conn.RemoteAddr().(*net.TCPAddr).Port }

// enter notes conn, and closes one that has vanished: its port is in use again.
func enter(conn net.Conn) {
	mu.Lock()
	defer mu.Unlock()
	if old, ok := present[port(conn)]; ok {
		old.Close()
	}
	present[port(conn)] = conn
}

// leave closes conn and forgets it.
func leave(conn net.Conn) {
	conn.Close()
	mu.Lock()
	defer mu.Unlock()
	if present[port(conn)] == conn {
		delete(present, port(conn))
	}
}

// echo sends back every byte until the peer's end of stream.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
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
