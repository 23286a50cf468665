//go:build unix

// Two-clocks lets two deadlines pass, one of a dial and one of a read, and asks
// what their errors are.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	room, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	hurried := net.Dialer{Timeout: time.Nanosecond}
	_, err = hurried.Dial("tcp", room.Addr().String())
	explain("a dial", err)

	guest, err := net.Dial("tcp", room.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	guest.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err = guest.Read(make([]byte, 1))
	explain("a read", err)
}

// explain says of which kind the error of a deadline is.
func explain(what string, err error) {
	fmt.Println(what+":", err)
	fmt.Println("  os.ErrDeadlineExceeded:", errors.Is(err, os.ErrDeadlineExceeded))
	fmt.Println("  context.DeadlineExceeded:", errors.Is(err, context.DeadlineExceeded))
	var late net.Error
	fmt.Println("  Timeout():", errors.As(err, &late) && late.Timeout())
}
