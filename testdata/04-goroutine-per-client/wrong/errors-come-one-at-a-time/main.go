// Belief: errors are rare, and come one at a time, so the map that counts them needs no lock.
//
// Several clients are reset at the same moment, and their goroutines use the map together.
//
// Caught by: 19-race (race), built with -race.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
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
// the next client, serve tries again and again, once a second at least.
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

// handle serves one client to its end and closes conn. It owns conn: no other
// goroutine reads, writes or closes it. What goes wrong with one client is
// logged, and is no reason to stop serving others.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		cause := reason(err)
		failures[cause]++
		log.Println(conn.RemoteAddr(), err, "- number", failures[cause], "of its kind")
	}
}

// failures says how often each error has ended a connection.
var failures = map[string]int{}

// reason returns the text of err without the addresses.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
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
