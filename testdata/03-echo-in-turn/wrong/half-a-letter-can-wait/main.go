// Belief: a text is made of whole letters, so the first bytes of a letter can wait for the others.
//
// A stream has no letters. Who has sent a part of one may wait for its echo before sending the rest.
//
// Caught by: 32-all-sorts (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"
	"unicode/utf8"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-seq:", err)
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

// serve takes clients from ln one after another. While there is
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
		handle(conn)
	}
}

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	if err := echo(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// echo sends back what the peer sends, until its end of stream.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	kept := 0 // bytes at the front, of a letter whose rest has not come
	for {
		n, err := conn.Read(buf[kept:])
		n += kept
		kept = 0
		if err == nil {
			kept = begun(buf[:n])
		}
		if n > kept {
			if _, err := conn.Write(buf[:n-kept]); err != nil {
				return err
			}
		}
		copy(buf, buf[n-kept:n])
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// begun returns how many bytes at the end of a text are the beginning of a letter.
// What is no text has none.
func begun(b []byte) int {
	for i := 1; i < utf8.UTFMax && i < len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) && utf8.Valid(b[:len(b)-i]) {
				return i
			}
			return 0
		}
	}
	return 0
}
