// Lazily shows when a server of TLS shakes hands.
//
//	lazily
//
// It needs tlsd.pem and tlsd.key in the current folder, as certs makes them.
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	pair, err := tls.LoadX509KeyPair("tlsd.pem", "tlsd.key")
	check(err)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	check(err)
	silent, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	defer silent.Close()

	conn, err := ln.Accept()
	check(err)
	fmt.Println("Accept has returned, and the client has not said a word")
	conn.SetDeadline(time.Now().Add(200 * time.Millisecond))
	_, err = conn.Read(make([]byte, 1))
	fmt.Println("Read has waited for a handshake:", errors.Is(err, os.ErrDeadlineExceeded))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
