// A client's goroutine has a buffer only from the moment when something can be read
// until its echo is written, and several goroutines accept. Without a descriptor for
// the next client the server ends, with the reason and status 1.
package main

import (
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
)

const doors = 4 // goroutines that accept

var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

func main() {
	log.SetPrefix("echo-go: ")
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(os.Stdout, "listening on "+ln.Addr().String()+"\n"); err != nil {
		log.Fatal(err)
	}
	failed := make(chan error, doors)
	for range doors {
		go func() {
			for {
				conn, err := ln.(*net.TCPListener).AcceptTCP()
				if err != nil {
					failed <- err
					return
				}
				go visit(conn)
			}
		}()
	}
	log.Fatal(<-failed)
}

// visit serves one client. It is the only one that uses conn.
func visit(conn *net.TCPConn) {
	err := answer(conn)
	if cerr := conn.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		log.Print(conn.RemoteAddr(), ": ", err)
	}
}

// answer echoes until the end of stream.
func answer(conn *net.TCPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	for {
		buf, n, err := take(raw)
		if err != nil || n == 0 {
			return err
		}
		_, err = conn.Write(buf[:n])
		buffers.Put(buf) // Write has returned: nobody else has it
		if err != nil {
			return err
		}
	}
}

// take waits until something can be read, and reads it into a buffer that the
// caller gives back. At the end of stream, and on an error, there is none.
func take(raw syscall.RawConn) (buf *[32 << 10]byte, n int, err error) {
	waitErr := raw.Read(func(fd uintptr) bool {
		buf = buffers.Get().(*[32 << 10]byte)
		for {
			n, err = syscall.Read(int(fd), buf[:])
			if err != syscall.EINTR {
				break
			}
		}
		if n <= 0 {
			buffers.Put(buf)
			buf, n = nil, 0
		}
		return !errors.Is(err, syscall.EAGAIN)
	})
	if waitErr != nil && buf == nil {
		return nil, 0, waitErr
	}
	return buf, n, os.NewSyscallError("read", err)
}
