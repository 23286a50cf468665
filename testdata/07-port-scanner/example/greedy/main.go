//go:build unix

// Greedy dials one address again and again, and keeps every connection, until
// it gets no more. Then it closes one, and dials once again.
//
//	greedy ADDR
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: greedy ADDR")
	}
	var kept []net.Conn
	for {
		conn, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			fmt.Println(err)
			break
		}
		kept = append(kept, conn)
	}
	kept[0].Close()
	_, err := net.Dial("tcp", os.Args[1])
	fmt.Println("one is closed, and the next dial returns:", err)
}
