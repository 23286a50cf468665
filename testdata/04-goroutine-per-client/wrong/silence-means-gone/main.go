// Belief: a client that has been silent for five minutes has gone, and when the next one comes is the time to
// see to it.
//
// No timer is set: as long as no other client comes nothing happens.
//
// Caught by: 15-slow-reader (early-eof).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
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

// serve takes clients from ln, for as long as the program runs. No client waits
// for another: whatever one of them does, the loop is soon back in Accept. An
// error of Accept ends serve, but for one: while there is no file descriptor for
// the next client, serve waits, a little longer each time, and tries again.
func serve(ln net.Listener) error {
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, longest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		everyone.sendAwaySilent()
		go handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// noDescriptor reports whether this process, or the whole system, has no file
// descriptor left for a new socket. Others will be closed.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// A guestList says when each client was last heard.
type guestList struct {
	mu   sync.Mutex
	last map[net.Conn]time.Time // used only while mu is held
}

var everyone = &guestList{last: make(map[net.Conn]time.Time)}

// heard notes that conn has shown a sign of life.
func (g *guestList) heard(conn net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last[conn] = time.Now()
}

// left takes conn off the list.
func (g *guestList) left(conn net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.last, conn)
}

// idle is how long a client must have been silent to be sent away.
const idle = 5 * time.Minute

// sendAwaySilent closes the connections of all that have been silent for so long.
func (g *guestList) sendAwaySilent() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn, t := range g.last {
		if time.Since(t) > idle {
			conn.Close()
		}
	}
}

// handle serves one client to its end and closes conn. It owns conn: no other
// goroutine reads, writes or closes it. What goes wrong with one client is
// logged, and is no reason to stop serving others.
func handle(conn net.Conn) {
	defer conn.Close()
	everyone.heard(conn)
	defer everyone.left(conn)
	if err := echo(conn); err != nil && !errors.Is(err, net.ErrClosed) {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back every byte that the peer sends, until the peer's end of
// stream.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			everyone.heard(conn)
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
