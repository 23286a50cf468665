// Belief: a pipe is one thing, and is closed by one close.
//
// For each client one end of a pipe stays open.
//
// Caught by: 12-three-hundred (leak).
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

// serve takes clients from ln one after another.
func serve(ln net.Listener) error {
	pause := 5 * time.Millisecond
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
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
	if err := echo(conn.(*net.TCPConn)); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// Flags of splice(2).
const spliceMove, spliceNonblock = 1, 2

// echo moves the bytes inside the kernel, through a pipe.
func echo(conn *net.TCPConn) error {
	pipe, err := newPipe()
	if err != nil {
		return err
	}
	defer syscall.Close(pipe[1])
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	for {
		n, err := splice(raw.Read, func(fd int) (int64, error) {
			return syscall.Splice(fd, nil, pipe[1], nil, 64<<10, spliceMove|spliceNonblock)
		})
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for n > 0 {
			m, err := splice(raw.Write, func(fd int) (int64, error) {
				return syscall.Splice(pipe[0], nil, fd, nil, int(n), spliceMove|spliceNonblock)
			})
			if err != nil {
				return err
			}
			n -= m
		}
	}
}

// newPipe waits, as serve does, while there is no descriptor.
func newPipe() (pipe [2]int, err error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err = syscall.Pipe2(pipe[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK)
		if !noDescriptor(err) {
			return pipe, os.NewSyscallError("pipe2", err)
		}
		log.Printf("pipe2: %v; trying again in %v", err, pause)
		time.Sleep(pause)
	}
}

// splice calls move as often as it has to wait for the socket.
func splice(wait func(func(fd uintptr) bool) error, move func(fd int) (int64, error)) (n int64, err error) {
	werr := wait(func(fd uintptr) bool {
		for {
			n, err = move(int(fd))
			if err != syscall.EINTR {
				return err != syscall.EAGAIN
			}
		}
	})
	if werr != nil {
		return 0, werr
	}
	if err != nil {
		return 0, os.NewSyscallError("splice", err)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
