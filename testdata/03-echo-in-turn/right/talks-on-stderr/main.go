// Echo-seq with a line on standard error for whatever happens. Standard output
// is for programs and stays as promised; standard error is for people.
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

// run listens on addr and serves clients.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

// serve takes clients from ln one at a time.
func serve(ln net.Listener) error {
	for i := 1; ; i++ {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		log.Printf("client %d: %v has come", i, conn.RemoteAddr())
		total, err := echo(conn)
		conn.Close()
		if err != nil {
			log.Printf("client %d: %v", i, err)
		}
		log.Printf("client %d: %d bytes, gone", i, total)
	}
}

// echo sends back every byte that the peer sends, until the peer's end of
// stream, and returns how many there were.
func echo(conn net.Conn) (total int, err error) {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			m, err := conn.Write(buf[:n])
			if total += m; err != nil {
				return total, err
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}
