// Town-crier hands on what one client says to all others.
//
//	town-crier [-listen ADDR]
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"net"
	"sync"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	s := &square{people: map[net.Conn]bool{}}
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go s.listenTo(conn)
	}
}

// A square is where all clients are.
type square struct {
	mu     sync.Mutex
	people map[net.Conn]bool
}

// listenTo cries what conn says, to the end of its stream.
func (s *square) listenTo(conn net.Conn) {
	defer conn.Close()
	s.mu.Lock()
	s.people[conn] = true
	s.mu.Unlock()
	for in := bufio.NewScanner(conn); in.Scan(); {
		s.cry(conn, in.Text())
	}
	s.mu.Lock()
	delete(s.people, conn)
	s.mu.Unlock()
}

// cry lets all but from hear text.
func (s *square) cry(from net.Conn, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.people {
		if conn != from {
			fmt.Fprintln(conn, text)
		}
	}
}
