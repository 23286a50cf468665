//go:build linux

// Brimful has both ends of a connection, writes to one of them and does not read
// from the other, until no more fits in. It says where the bytes are.
//
//	brimful
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	from, to := pair()
	fill(from)
	fmt.Println("in the sender's kernel:  ", words(held(from, unix.SIOCOUTQ)))
	fmt.Println("in the receiver's kernel:", words(held(to, unix.SIOCINQ)))
	read(to, 1)
	fmt.Println("one byte is read: a Write", result(from))
	read(to, held(to, unix.SIOCINQ))
	fmt.Println("all that came is read: a Write", result(from))
}

// pair returns both ends of a connection.
func pair() (from, to *net.TCPConn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	a, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	b, err := ln.Accept()
	check(err)
	from, to = a.(*net.TCPConn), b.(*net.TCPConn)
	check(from.SetWriteBuffer(64 << 10)) // so the kernel does not make them larger
	check(to.SetReadBuffer(64 << 10))
	return from, to
}

// fill writes until a Write has waited for a while.
func fill(conn net.Conn) {
	for result(conn) == "succeeds" {
	}
}

// result says how a Write ends that may wait for a little.
func result(conn net.Conn) string {
	conn.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
	_, err := conn.Write(make([]byte, 64<<10))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "waits"
	}
	check(err)
	return "succeeds"
}

func read(conn net.Conn, n int) {
	_, err := io.CopyN(io.Discard, conn, int64(n))
	check(err)
}

// held returns how many bytes a buffer of conn holds.
func held(conn *net.TCPConn, which uint) (n int) {
	raw, err := conn.SyscallConn()
	check(err)
	raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), which) })
	check(err)
	return n
}

// words says how many n bytes are: just how many depends on the kernel.
func words(n int) string {
	if n < 10_000 {
		return fmt.Sprint(n, " bytes")
	}
	return "tens of thousands of bytes"
}

func check(err error) {
	if err != nil {
		log.SetFlags(0)
		log.Fatal(err)
	}
}
