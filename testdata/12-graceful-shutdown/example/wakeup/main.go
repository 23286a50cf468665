// Wakeup connects to a server that says nothing and ends a Read that waits, in
// two ways, from another goroutine.
//
//	wakeup ADDR
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: wakeup ADDR")
		os.Exit(2)
	}
	quiet, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}

	go quiet.SetReadDeadline(time.Now())
	_, err = quiet.Read(make([]byte, 1))
	fmt.Println("a deadline:", errors.Is(err, os.ErrDeadlineExceeded))

	quiet.SetReadDeadline(time.Time{}) // none
	go quiet.Close()
	_, err = quiet.Read(make([]byte, 1))
	fmt.Println("a Close:   ", errors.Is(err, net.ErrClosed))
}
