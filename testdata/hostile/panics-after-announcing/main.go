// The program panics as soon as it has announced its address, which was right
// until then.
//
// The crash is what the learner must hear of, not that nobody listens any
// more.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

import (
	"flag"
	"fmt"
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
	fmt.Println("listening on", ln.Addr())
	var clients map[string]net.Conn
	clients["first"] = nil
}
