// Woken ends a Read that waits, from another goroutine: once by a deadline in
// the past, and once by Close.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	past, over := silent(), make(chan bool)
	context.AfterFunc(ctx, func() { past.SetReadDeadline(time.Unix(1, 0)) })
	go read("a deadline in the past", past, over)
	cancel()
	<-over

	closed := silent()
	go read("Close", closed, over)
	closed.Close()
	<-over
}

// read says with which error a Read of conn ends.
func read(by string, conn net.Conn, over chan<- bool) {
	_, err := conn.Read(make([]byte, 1))
	fmt.Printf("%s: %v\n", by, err.(*net.OpError).Err)
	over <- true
}

// silent returns a connection whose peer never says anything.
func silent() net.Conn {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	conn, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	return conn
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
