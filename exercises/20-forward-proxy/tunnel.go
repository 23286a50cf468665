package main

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// This file is given: what chapter 19-relay says about two connections.

// join passes on what each of the two connections sends, and its FIN, until both
// directions have ended. When one of them fails both connections are reset, and
// join returns why. In the end both are closed.
func join(a, b *net.TCPConn) error {
	var directions sync.WaitGroup
	var once sync.Once
	var failed error
	var written [2]atomic.Bool // all that was to be written to a, to b
	for i, way := range [][2]*net.TCPConn{{a, b}, {b, a}} {
		directions.Go(func() {
			err := passOn(way[0], way[1], &written[i], &written[1-i])
			if err != nil {
				once.Do(func() { failed = err })
				abort(a)
				abort(b)
			}
		})
	}
	directions.Wait()
	a.Close()
	b.Close()
	return failed
}

// passOn copies what src sends to dst, and its FIN. A reset of src is an error to
// one call; if that was a write to src, the copy has ended as if by a FIN.
func passOn(dst, src *net.TCPConn, done, other *atomic.Bool) error {
	if _, err := io.Copy(dst, src); err != nil {
		return err
	}
	done.Store(true)
	if isOver(src) && !other.Load() {
		return syscall.ECONNRESET
	}
	return dst.CloseWrite()
}

// abort resets conn: a FIN would say that all had been sent.
func abort(conn *net.TCPConn) {
	conn.SetLinger(0)
	conn.Close()
}
