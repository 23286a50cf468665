// The program panics before it listens.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

import "net"

// handlers is never made, and a nil map cannot be written.
var handlers map[string]func(net.Conn)

func main() {
	handlers["echo"] = func(conn net.Conn) { conn.Close() }
}
