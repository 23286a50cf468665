// Farewell sends a megabyte to a client that has sent more than it was asked
// for, ends the connection in two ways, and says what the client gets.
//
//	farewell
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
)

// reply is more than the client's kernel takes before the client reads.
var reply = strings.Repeat("x", 1<<20)

func main() {
	fmt.Println("Close:     ", got(func(c *net.TCPConn) { c.Close() }))
	fmt.Println("CloseWrite:", got(func(c *net.TCPConn) {
		c.CloseWrite()
		go func() {
			io.Copy(io.Discard, c) // what the client sends still
			c.Close()
		}()
	}))
}

// got returns how much of the reply the client gets from a server that ends
// the connection by end.
func got(end func(*net.TCPConn)) string {
	client, server := pair()
	defer client.Close()
	fmt.Fprint(client, "all of it, please\n", strings.Repeat("and more\n", 1000))

	line := make([]byte, len("all of it, please\n"))
	io.ReadFull(server, line)
	io.WriteString(server, reply)
	end(server)

	n, err := io.Copy(io.Discard, bufio.NewReader(client))
	return fmt.Sprintf("the whole reply: %t, then a FIN: %t", n == int64(len(reply)), err == nil)
}

// pair returns the two ends of a connection.
func pair() (client, server *net.TCPConn) {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer door.Close()
	near, err := net.Dial("tcp", door.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	far, err := door.Accept()
	if err != nil {
		log.Fatal(err)
	}
	return near.(*net.TCPConn), far.(*net.TCPConn)
}
