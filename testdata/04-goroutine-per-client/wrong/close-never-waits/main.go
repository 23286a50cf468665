// Belief: Close returns at once, so it can be called under a lock.
//
// With SO_LINGER it waits until the client has read, and meanwhile no other client gets the lock.
//
// Caught by: 15-slow-reader (silence).
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

// clients are those that are served now.
var clients = struct {
	sync.Mutex
	set map[net.Conn]time.Time
}{set: make(map[net.Conn]time.Time)}

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
		// The last bytes must arrive, so Close may wait for them.
		conn.(*net.TCPConn).SetLinger(30)
		clients.Lock()
		clients.set[conn] = time.Now()
		clients.Unlock()
		go handle(conn)
	}
}

// leave takes conn out of the table, and closes it in the same step: whoever
// finds a connection in the table finds it open.
func leave(conn net.Conn) {
	clients.Lock()
	defer clients.Unlock()
	delete(clients.set, conn)
	conn.Close()
}

func handle(conn net.Conn) {
	defer leave(conn)
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
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
