// Onlooker stands between a client and a server, and says what it has seen.
//
//	onlooker ADDR
//
// It prints "listening on" and an address, lets one client connect there, and
// carries its bytes to the server at ADDR and back. When both directions have
// ended it prints what each side has sent: records of TLS, or bytes.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("listening on", ln.Addr())
	client, err := ln.Accept()
	check(err)
	server, err := net.Dial("tcp", os.Args[1])
	check(err)

	var said, answered bytes.Buffer
	done := make(chan bool)
	go func() {
		carry(client, server, &said)
		done <- true
	}()
	carry(server, client, &answered)
	<-done
	tell("client", said.Bytes())
	tell("server", answered.Bytes())
}

// carry copies one direction, to its end.
func carry(from, to net.Conn, seen *bytes.Buffer) {
	io.Copy(to, io.TeeReader(from, seen)) // an end is an end here
	to.(*net.TCPConn).CloseWrite()
}

// A record begins with its type, a version, and its length (RFC 8446 §5.1).
const header = 5

var types = map[byte]string{20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data"}

// tell prints the records in data, or data itself when there are none.
func tell(who string, data []byte) {
	for len(data) > 0 {
		kind, known := types[data[0]]
		if !known || len(data) < header || data[1] != 3 {
			fmt.Printf("%s: %q\n", who, data)
			return
		}
		length := int(data[3])<<8 | int(data[4])
		content := data[header:min(len(data), header+length)]
		fmt.Printf("%s: %s, %d bytes%s\n", who, kind, length, readable(kind, content))
		data = data[header+len(content):]
	}
}

// readable says what can be read of a record.
func readable(kind string, content []byte) string {
	if kind == "handshake" && bytes.Contains(content, []byte("tlsd.example")) {
		return `, "tlsd.example" in the middle of them`
	}
	return ""
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
