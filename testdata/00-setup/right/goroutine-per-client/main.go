// Every client is greeted in a goroutine of its own and logged on standard
// error. That is correct, too: the next client need not wait, and standard
// output still has nothing but the announcement.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("ready")
	fmt.Println("listening on", ln.Addr())

	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go greet(conn)
	}
}

// greet says hello to one client and hangs up.
func greet(conn net.Conn) {
	defer conn.Close()
	log.Print("client ", conn.RemoteAddr())
	if _, err := io.WriteString(conn, "hello, socket\n"); err != nil {
		log.Print(err)
	}
}
