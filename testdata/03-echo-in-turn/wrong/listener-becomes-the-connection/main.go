// Belief: Accept turns the listener into the connection, so that each client needs a new one.
//
// The second client is refused: its listener was closed, and the new one has another port.
//
// Caught by: 08-five-in-turn (refused).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

// run serves one client after another, each with its own listener. Clients
// need to be told only once where the server is.
func run(addr string) error {
	tell := os.Stdout
	for {
		conn, err := next(addr, tell)
		if err != nil {
			return err
		}
		handle(conn)
		tell = os.Stderr
	}
}

// next waits for the next client. Once that client is there the listener has
// been used up, and must be closed like anything else that was opened.
func next(addr string, tell io.Writer) (net.Conn, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	fmt.Fprintln(tell, "listening on", ln.Addr())
	return ln.Accept()
}

// handle serves one client to its end.
func handle(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}
