// Seen prints what clients say to it, up to an empty line, and answers each
// of them "hello".
//
//	seen [-listen ADDR]
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
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
		show(guest)
	}
}

// show prints what guest says, one guest after the other.
func show(guest net.Conn) {
	defer guest.Close()
	lines := bufio.NewScanner(guest)
	for lines.Scan() && lines.Text() != "" {
		fmt.Println(lines.Text())
	}
	fmt.Println()
	io.WriteString(guest, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
}
