// Visits is a server that says to each client how often its address has come.
package main

import (
	"fmt"
	"log"
	"net"
	"sync"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	b := &book{visits: map[string]int{}}
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go b.greet(conn)
	}
}

// A book counts visits by address. All clients share it.
type book struct {
	mu     sync.Mutex
	visits map[string]int
}

// add counts a visit from host and returns how many there have been.
func (b *book) add(host string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.visits[host]++
	return b.visits[host]
}

// greet says to one client how often it has come. It waits for the client
// without the lock.
func (b *book) greet(conn net.Conn) {
	defer conn.Close()
	host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
	n := b.add(host)
	fmt.Fprintf(conn, "visit %d\n", n)
}
