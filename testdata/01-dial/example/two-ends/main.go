// Two-ends connects to a server, prints the two ends of the connection, and
// leaves.
//
//	two-ends ADDR
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: two-ends ADDR")
	}
	conn, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("my end:   ", conn.LocalAddr())
	fmt.Println("their end:", conn.RemoteAddr())
	conn.Close()
}
