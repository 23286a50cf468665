// Belief: clients come from a few addresses, so a table for sixteen of them is plenty.
//
// Clients from any other address are connected, and get no answer.
//
// Caught by: 38-all-sorts (silence, or early-eof).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
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

// An account says how much has come from an address.
type account struct {
	from  netip.Addr
	bytes int
}

var (
	mu       sync.Mutex
	accounts [16]account
)

// enter adds n bytes to the account of an address. It reports whether there is one:
// whoever has none sends for nothing.
func enter(from netip.Addr, n int) bool {
	mu.Lock()
	defer mu.Unlock()
	for i := range accounts {
		if a := &accounts[i]; a.from == from || !a.from.IsValid() {
			a.from = from
			a.bytes += n
			return true
		}
	}
	return false
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
		go handle(conn)
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	from := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()
	echo(conn, from) // an error is the end of this client, and nothing else
}

// echo sends back what the peer sends, until its end of stream.
func echo(conn net.Conn, from netip.Addr) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 && enter(from, n) {
			if _, err := conn.Write(buf[:n]); err != nil {
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
