// Belief: a visit is over when its conversation has ended well.
//
// A client that ends by an error is not taken off the count, and SIGTERM waits for it forever.
//
// Caught by: 30-stops (no-exit).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
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

var active atomic.Int32 // clients being served

// stopOn ends the process when SIGTERM comes: at once, or when the client that
// is there has been served.
func stopOn(ln net.Listener) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	go func() {
		<-term
		ln.Close()
		for active.Load() > 0 {
			time.Sleep(20 * time.Millisecond)
		}
		os.Exit(0)
	}()
}

// serve takes clients from ln one after another.
func serve(ln net.Listener) error {
	stopOn(ln)
	pause := 5 * time.Millisecond
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			select {} // stopOn ends the process
		}
		if err != nil {
			return err
		}
		pause = 5 * time.Millisecond
		handle(conn)
	}
}

// noDescriptor reports whether there is no file descriptor for a new socket.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	active.Add(1)
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
		return
	}
	active.Add(-1)
}

// echo sends back every byte that the peer sends, until its end of stream.
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
