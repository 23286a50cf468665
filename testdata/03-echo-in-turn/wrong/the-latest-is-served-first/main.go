// Belief: it does not matter from which end of a list one takes.
//
// Clients that wait are served in the wrong order: the last to come is the first.
//
// Caught by: 19-three-wait (silence).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

func serve(ln net.Listener) error {
	var mu sync.Mutex
	var waiting []net.Conn
	came := sync.NewCond(&mu)
	go func() {
		for {
			mu.Lock()
			for len(waiting) == 0 {
				came.Wait()
			}
			conn := waiting[len(waiting)-1]
			waiting = waiting[:len(waiting)-1]
			mu.Unlock()
			handle(conn)
		}
	}()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		mu.Lock()
		waiting = append(waiting, conn)
		mu.Unlock()
		came.Signal()
	}
}

func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
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
