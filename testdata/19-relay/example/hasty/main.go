// Hasty stands between clients and a backend, and has not thought about how
// conversations end.
//
//	hasty [-listen ADDR] -to ADDR
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
	to := flag.String("to", "", "`address` of the backend")
	flag.Parse()
	door, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", door.Addr())
	for {
		guest, err := door.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go bring(guest, *to)
	}
}

// bring copies in both directions until one of them has ended.
func bring(guest net.Conn, to string) {
	defer guest.Close()
	host, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer host.Close()
	over := make(chan bool, 2)
	for _, pair := range [][2]net.Conn{{host, guest}, {guest, host}} {
		go func() {
			io.Copy(pair[0], pair[1])
			over <- true
		}()
	}
	<-over
}
