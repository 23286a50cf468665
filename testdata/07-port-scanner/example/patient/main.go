//go:build unix

// Patient dials one address, without a limit of time, until it is interrupted.
//
//	patient ADDR
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: patient ADDR")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var d net.Dialer
	_, err := d.DialContext(ctx, "tcp", os.Args[1])
	fmt.Println("the dial returned:", err)
	fmt.Println("because of the signal:", errors.Is(err, context.Canceled))
	fmt.Println("of the context:", ctx.Err())
}
