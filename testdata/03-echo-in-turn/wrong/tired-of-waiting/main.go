// Belief: a client that has sent its FIN while it waited was tired of waiting, and has gone.
//
// It has said all that it has to say, and still waits for its echo.
//
// Caught by: 31-turns-are-long (reset).
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

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// A guest is a client that has been accepted and waits its turn.
type guest struct {
	conn  net.Conn
	since time.Time
}

func serve(ln net.Listener) error {
	guests := make(chan guest, 128) // the kernel keeps those that come then
	failed := make(chan error, 1)
	go func() { failed <- accept(ln, guests) }()
	for {
		select {
		case err := <-failed:
			return err
		case g := <-guests:
			if time.Since(g.since) > time.Second && gone(g.conn) {
				log.Println(g.conn.RemoteAddr(), "left while it waited")
				g.conn.Close()
				continue
			}
			handle(g.conn)
		}
	}
}

func accept(ln net.Listener, guests chan<- guest) error {
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
		guests <- guest{conn, time.Now()}
	}
}

// gone reports whether the client of conn has closed or reset its side.
func gone(conn net.Conn) bool {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return true
	}
	closed := true
	raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		closed = err != nil || info.State != 1 // TCP_ESTABLISHED
	})
	return closed
}

// How long to wait when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

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
