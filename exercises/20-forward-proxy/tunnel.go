package main

import (
	"io"
	"net"
	"sync"
)

// This file is given: what chapter 19-relay says about two connections.

// join passes on what each of the two connections sends, and its FIN, until both
// directions have ended. When one of them fails both connections are reset, and
// join returns why. In the end both are closed.
func join(a, b *net.TCPConn) error {
	var directions sync.WaitGroup
	var once sync.Once
	var failed error
	for _, way := range [][2]*net.TCPConn{{a, b}, {b, a}} {
		directions.Go(func() {
			_, err := io.Copy(way[0], way[1])
			if err == nil {
				err = way[0].CloseWrite()
			}
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

// abort resets conn: a FIN would say that all had been sent.
func abort(conn *net.TCPConn) {
	conn.SetLinger(0)
	conn.Close()
}
