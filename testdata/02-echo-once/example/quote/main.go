// Quote is a server of RFC 865, the quote of the day: it sends one sentence to
// one client, without listening to it.
//
//	quote [-listen ADDR]
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

// sentence is the quote of every day: the robustness principle of TCP, shortened.
const sentence = "Be conservative in what you do, be liberal in what you accept.\n"

func main() {
	log.SetFlags(0)
	at := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()

	listener, err := net.Listen("tcp", *at)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())

	client, err := listener.Accept()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("a client:", client.LocalAddr(), "<-", client.RemoteAddr())
	if _, err := io.WriteString(client, sentence); err != nil {
		log.Fatal(err)
	}
	client.Close()
	listener.Close()
}
