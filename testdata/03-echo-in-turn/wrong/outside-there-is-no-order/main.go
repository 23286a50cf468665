// Belief: a client that waits outside has no place in line yet.
//
// Thirty-two wait in order; whose place becomes free goes to the one who came last.
//
// Caught by: 34-long-queue (out-of-turn).
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
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
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

// serve takes clients from ln one after another, for as long as the program
// runs. Each is handled to its end before the next is accepted. An error of
// Accept ends serve, but for one: while there is no file descriptor for the
// next client, serve waits, a little longer each time, and tries again.
func serve(ln net.Listener) error {
	clients := newRoom()
	go func() {
		for {
			handle(clients.next())
		}
	}()
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
		clients.add(conn)
	}
}

// seats is how many may wait in the order in which they came.
const seats = 32

// A room has the clients that wait. The longest waiting is served first; whose seat
// becomes free is given to the one who stands next to the door.
type room struct {
	mu      sync.Mutex
	come    *sync.Cond
	seated  []net.Conn
	outside []net.Conn
}

func newRoom() *room {
	r := &room{}
	r.come = sync.NewCond(&r.mu)
	return r
}

func (r *room) add(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.seated) < seats {
		r.seated = append(r.seated, conn)
	} else {
		r.outside = append(r.outside, conn)
	}
	r.come.Signal()
}

// next waits for a client.
func (r *room) next() net.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.seated) == 0 {
		r.come.Wait()
	}
	conn := r.seated[0]
	r.seated = r.seated[1:]
	if last := len(r.outside) - 1; last >= 0 {
		r.seated = append(r.seated, r.outside[last])
		r.outside = r.outside[:last]
	}
	return conn
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

// handle serves one client to its end and closes conn. What goes wrong with
// one client is logged, and is no reason to stop serving others.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
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
