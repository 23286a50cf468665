// Belief: when a write fails, the buffer must be given back there and then.
//
// The deferred call gives it back once more, and then two clients get it.
//
// Caught by: 20-reset-while-pending (wrong-bytes).
package main

import (
	"flag"
	"fmt"
	"io"
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

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	echo(conn) // an error is no news: the client has gone
}

// free has the buffers that nobody uses at the moment.
var (
	mu   sync.Mutex
	free [][]byte
)

// take returns a buffer, which is the caller's until it gives it back.
func take() []byte {
	mu.Lock()
	defer mu.Unlock()
	last := len(free) - 1
	if last < 0 {
		return make([]byte, 32<<10)
	}
	buf := free[last]
	free = free[:last]
	return buf
}

// give takes a buffer back.
func give(buf []byte) {
	mu.Lock()
	defer mu.Unlock()
	free = append(free, buf)
}

// echo sends back every byte until the peer's end of stream.
func echo(conn net.Conn) error {
	buf := take()
	defer give(buf)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				give(buf)
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
