// Partings shows what becomes of a long reply, by how the server ends the
// connection. It is server and client in one.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
)

// reply is what the server has to say: 1 MiB.
var reply = make([]byte, 1<<20)

func main() {
	try("all read, Close", 16, func(conn *net.TCPConn) {
		conn.Close()
	})
	try("8 bytes unread, Close", 8, func(conn *net.TCPConn) {
		conn.Close()
	})
	try("8 bytes unread, SetLinger(10), Close", 8, func(conn *net.TCPConn) {
		conn.SetLinger(10)
		conn.Close()
	})
	try("8 bytes unread, CloseWrite, Read, Close", 8, func(conn *net.TCPConn) {
		conn.CloseWrite()
		io.Copy(io.Discard, conn) // until the client's FIN
		conn.Close()
	})
}

// try has a client send 16 bytes and a FIN. The server reads so many of them,
// writes its reply and parts from the client. The client reads only then.
func try(what string, reads int, part func(*net.TCPConn)) {
	client, server := connection()
	defer client.Close()
	client.Write(make([]byte, 16))
	client.CloseWrite()
	io.ReadFull(server, make([]byte, reads))
	server.Write(reply)
	part(server)
	got, err := io.ReadAll(client)
	how := "whole"
	if len(got) < len(reply) {
		how = "cut"
	}
	fmt.Printf("%-41s %s, %v\n", what+":", how, plain(err))
}

// plain leaves out the addresses, and says EOF where ReadAll says nothing.
func plain(err error) any {
	if op, ok := err.(*net.OpError); ok {
		return op.Err
	}
	if err == nil {
		return io.EOF
	}
	return err
}

// connection returns the two ends of a new one.
func connection() (client, server *net.TCPConn) {
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		log.Fatal(err)
	}
	defer ln.Close()
	if client, err = net.DialTCP("tcp", nil, ln.Addr().(*net.TCPAddr)); err != nil {
		log.Fatal(err)
	}
	if server, err = ln.AcceptTCP(); err != nil {
		log.Fatal(err)
	}
	return client, server
}
