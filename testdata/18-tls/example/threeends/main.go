// Threeends shows how the end of a stream looks to a client of TLS: after a
// close_notify, after a FIN alone, and when the stream is cut inside a record.
//
//	threeends
//
// It needs tlsd.pem, tlsd.key and ca.pem in the current folder, as certs makes them.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	pair, err := tls.LoadX509KeyPair("tlsd.pem", "tlsd.key")
	check(err)
	pem, err := os.ReadFile("ca.pem")
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)

	for _, ending := range []string{"close_notify", "a FIN alone", "a FIN inside a record"} {
		go speak(ln, &tls.Config{Certificates: []tls.Certificate{pair}}, ending)
		conn, err := tls.Dial("tcp", ln.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "tlsd.example"})
		check(err)
		text, err := io.ReadAll(conn)
		fmt.Printf("%-22s %q, and the error is: %v\n", ending+":", text, err)
		conn.Close()
	}
}

// speak sends a word to one client, and ends the stream in one of three ways.
func speak(ln net.Listener, config *tls.Config, ending string) {
	below, err := ln.Accept()
	check(err)
	conn := tls.Server(below, config)
	io.WriteString(conn, "all of it")
	switch ending {
	case "close_notify":
		conn.Close()
	case "a FIN inside a record":
		below.Write([]byte{23, 3, 3, 0, 64, 1, 2, 3}) // 64 bytes were to come
		fallthrough
	default:
		below.(*net.TCPConn).CloseWrite()
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
