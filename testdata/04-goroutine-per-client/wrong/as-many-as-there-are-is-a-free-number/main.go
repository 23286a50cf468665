// Belief: the number of clients that are there is a number that none of them has.
//
// It is so until one leaves that was not the last to come. Then the next one takes the number of a client that
// is still there, and its bytes.
//
// Caught by: 38-all-sorts (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-go:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// clients are those that are there, each by its number.
var (
	mu      sync.Mutex
	clients = map[int]net.Conn{}
)

// come returns the number of a new client.
func come(conn net.Conn) int {
	mu.Lock()
	defer mu.Unlock()
	number := len(clients)
	clients[number] = conn
	return number
}

func leave(number int) {
	mu.Lock()
	defer mu.Unlock()
	delete(clients, number)
}

// client returns a client by its number.
func client(number int) net.Conn {
	mu.Lock()
	defer mu.Unlock()
	return clients[number]
}

// serve takes clients from ln and gives each a goroutine of its own. While there is
// no file descriptor for the next client it waits, and tries again.
func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			log.Println(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn, come(conn))
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn, number int) {
	defer conn.Close()
	defer leave(number)
	echo(conn, number) // an error is the end of this client, and nothing else
}

// echo sends back what the peer sends, until its end of stream.
func echo(conn net.Conn, number int) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if to := client(number); n > 0 && to != nil {
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
