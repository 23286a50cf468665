// Belief: a client that has left need not be taken off the list: its connection is closed, and that is that.
//
// The next line is also written to it. That fails, and ends the one who said the line.
//
// Caught by: 45-everyone-hears (early-eof).
package main

import (
	"bufio"
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
	for lines := bufio.NewReader(conn); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if err := lobby.say(line); err != nil {
			log.Println(err)
			return
		}
	}
}

func (r *room) enter(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clients[conn] = true
}

// say sends a line to all.
func (r *room) say(line string) (lost error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.clients {
		if _, err := io.WriteString(conn, line); err != nil {
			lost = err
		}
	}
	return lost
}
