// Three-guests listens to clients that have nothing to say that matters, and
// says why it stopped. It is server and clients in one.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	guests := []func(net.Conn){
		func(c net.Conn) { c.Write([]byte("goodbye")); c.Close() },
		func(c net.Conn) { c.Write([]byte("wait...")) },
		func(c net.Conn) {
			for _, err := c.Write([]byte("blah ")); err == nil; _, err = c.Write([]byte("blah ")) {
			}
		},
	}
	for _, guest := range guests {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		go guest(c)
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		n, why := listen(conn, 1000, 500*time.Millisecond)
		fmt.Println(n, "bytes:", why)
		conn.Close()
		c.Close()
	}
}

// listen reads what comes and throws it away: until the stream ends, at most so
// many bytes, and for at most that time. It returns how many bytes there were.
func listen(conn net.Conn, most int64, d time.Duration) (n int64, why string) {
	conn.SetReadDeadline(time.Now().Add(d))
	n, err := io.CopyN(io.Discard, conn, most)
	switch netErr, ok := err.(net.Error); {
	case err == io.EOF:
		return n, "its stream has ended"
	case ok && netErr.Timeout():
		return n, "its time is over"
	case err == nil:
		return n, "that is enough"
	}
	return n, err.Error()
}
