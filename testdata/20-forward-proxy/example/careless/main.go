// Careless is a proxy for CONNECT alone, and has been written in ten minutes. It
// does not connect to its own machine: it looks.
//
//	careless [-listen ADDR]
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
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
		go bring(guest)
	}
}

// bring reads what guest asks for, and connects it.
func bring(guest net.Conn) {
	defer guest.Close()
	said := bufio.NewReader(guest)
	wish, err := said.ReadString('\n')
	for line := wish; err == nil && strings.TrimSpace(line) != ""; {
		line, err = said.ReadString('\n')
	}
	words := strings.Fields(wish)
	if err != nil || len(words) < 2 {
		return
	}
	if strings.HasPrefix(words[1], "localhost:") || strings.HasPrefix(words[1], "127.0.0.1:") {
		fmt.Fprint(guest, "HTTP/1.1 403 Forbidden\r\n\r\n")
		return
	}
	host, err := net.Dial("tcp", words[1])
	if err != nil {
		fmt.Fprint(guest, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
		return
	}
	defer host.Close()
	fmt.Fprint(guest, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		io.Copy(host, guest)
		host.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(guest, host)
}
