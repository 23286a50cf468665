// Belief: a client that has sent its FIN has gone, so its place is free for the next one.
//
// It may still have much to read, and what was kept for it is thrown away when the next client takes its place.
//
// Caught by: 38-all-sorts (early-eof).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln and gives each a goroutine of its own. While there is
// no file descriptor for the next client it waits, and tries again.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			log.Println(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// A place is what is kept for one client: what it has said, and has not been sent
// back.
type place struct {
	mu      sync.Mutex
	changed sync.Cond
	pending []byte
	writes  bool // what was pending is being written
	ended   map[net.Conn]bool
}

// places are all that were ever needed, and taken says which have a client.
var (
	mu     sync.Mutex
	places []*place
	taken  []bool
)

// take returns the number of the first place that is free.
func take() int {
	mu.Lock()
	defer mu.Unlock()
	i := slices.Index(taken, false)
	if i < 0 {
		i = len(places)
		p := &place{ended: map[net.Conn]bool{}}
		p.changed.L = &p.mu
		places, taken = append(places, p), append(taken, false)
	}
	taken[i] = true
	return i
}

func giveBack(i int) {
	mu.Lock()
	defer mu.Unlock()
	taken[i] = false
}

// at returns a place by its number.
func at(i int) *place {
	mu.Lock()
	defer mu.Unlock()
	return places[i]
}

func (p *place) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = nil
}

// handle reads what one client says, for a second goroutine to write.
func handle(conn net.Conn) {
	i := take()
	defer giveBack(i) // the client has said all it wanted
	p := at(i)
	p.clear() // of whoever was here before
	go p.write(conn)
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		p.mu.Lock()
		p.pending = append(p.pending, buf[:n]...)
		p.ended[conn] = err != nil
		p.changed.Broadcast()
		for err == io.EOF && len(p.pending) > 0 && !p.writes {
			p.changed.Wait() // its last words are not forgotten
		}
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// write sends back what is pending, until the client has ended and all of it has
// been sent. Then it closes conn.
func (p *place) write(conn net.Conn) {
	defer conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	defer delete(p.ended, conn)
	for {
		for len(p.pending) == 0 && !p.ended[conn] {
			p.changed.Wait()
		}
		if len(p.pending) == 0 {
			return
		}
		data := p.pending
		p.pending, p.writes = nil, true
		p.changed.Broadcast()
		p.mu.Unlock()
		_, err := conn.Write(data)
		p.mu.Lock()
		p.writes = false
		if err != nil {
			p.pending = nil // nobody will read it
			return
		}
	}
}
