// Belief: 256 slots go round so slowly that a client which is still in one was forgotten.
//
// A client that stays is closed by the 256th after it.
//
// Caught by: 39-one-stays (early-eof).
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
	var next uint8
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		enter(next, conn)
		go handle(next, conn)
		next++
	}
}

// handle serves one client to its end.
func handle(slot uint8, conn net.Conn) {
	defer leave(slot, conn)
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// slots has the clients that are there. It goes round.
var (
	mu    sync.Mutex
	slots [256]net.Conn
)

// enter puts conn into a slot. A client that is still there was forgotten.
func enter(slot uint8, conn net.Conn) {
	mu.Lock()
	defer mu.Unlock()
	if old := slots[slot]; old != nil {
		old.Close()
	}
	slots[slot] = conn
}

// leave closes conn and clears its slot, unless that is used again.
func leave(slot uint8, conn net.Conn) {
	conn.Close()
	mu.Lock()
	defer mu.Unlock()
	if slots[slot] == conn {
		slots[slot] = nil
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
