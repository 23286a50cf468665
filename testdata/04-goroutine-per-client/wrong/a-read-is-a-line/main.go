// Belief: what one Read returns is what the client has said.
//
// It may be half a line, and another client's words may come before the rest.
//
// Caught by: 45-everyone-hears (wrong-bytes).
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
	all := flag.Bool("all", false, "send each line to all clients")
	flag.Parse()
	if err := run(*listen, *all); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string, all bool) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, all)
}

// serve gives each client of ln a goroutine of its own.
func serve(ln net.Listener, all bool) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		if all {
			go talk(conn)
		} else {
			go handle(conn)
		}
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// A room is the clients that are connected.
type room struct {
	mu      sync.Mutex
	clients map[net.Conn]bool
}

var lobby = room{clients: map[net.Conn]bool{}}

// talk lets one client talk to all, until its end of stream.
func talk(conn net.Conn) {
	defer conn.Close()
	lobby.enter(conn)
	defer lobby.leave(conn)
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		lobby.say(string(buf[:n]))
	}
}

func (r *room) enter(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clients[conn] = true
}

func (r *room) leave(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.clients, conn)
}

// say sends a line to all. That one of them is lost concerns its own goroutine.
func (r *room) say(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.clients {
		if _, err := io.WriteString(conn, line); err != nil {
			log.Println(conn.RemoteAddr(), err)
		}
	}
}
