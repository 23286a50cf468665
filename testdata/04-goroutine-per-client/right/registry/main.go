// Echo-go with a list of the clients that are connected. The map is shared, so a
// mutex guards it; the mutex is held for a moment, never while a client is
// waited for, and what is taken out when the handler ends does not leak.
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

// A registry knows who is connected.
type registry struct {
	mu    sync.Mutex
	conns map[net.Conn]bool // guarded by mu
}

func (r *registry) add(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[conn] = true
	log.Printf("%v has come; %d here", conn.RemoteAddr(), len(r.conns))
}

func (r *registry) remove(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
	log.Printf("%v has gone; %d here", conn.RemoteAddr(), len(r.conns))
}

// serve takes clients from ln and gives each a goroutine of its own.
func serve(ln net.Listener) error {
	here := &registry{conns: map[net.Conn]bool{}}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		here.add(conn)
		go func() {
			defer here.remove(conn)
			handle(conn)
		}()
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
