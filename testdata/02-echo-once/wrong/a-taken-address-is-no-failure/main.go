// Belief: where another server is already, all is well.
//
// The address is taken: the program says so and exits with status 0.
//
// Caught by: 20-address-in-use (exit-status).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Println(err)
		return
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	conn, err := ln.Accept()
	if err != nil {
		log.Println(err)
		os.Exit(1)
	}
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(err)
		os.Exit(1)
	}
	conn.Close()
}
