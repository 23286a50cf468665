//go:build unix

// Belief: a goroutine that waits costs a few kilobytes and no thread, whatever
// it waits for.
//
// That holds for channels, locks and package net, which is built on a
// readiness loop. It does not hold for a system call that blocks.
//
// Caught by: 23-many-at-once (threads).
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves each client on its own.
func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(ln, false); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	for {
		fd, _, err := unix.Accept(ln)
		if err != nil && !notNow(err) {
			return err
		}
		if err == nil {
			unix.CloseOnExec(fd)
			go handle(fd)
		}
	}
}

// handle serves one client.
func handle(fd int) {
	defer unix.Close(fd)
	if err := echo(fd); err != nil {
		log.Println(err)
	}
}

// echo sends back every byte until the client's end of stream. Its calls block,
// but only this goroutine.
func echo(fd int) error {
	buf := make([]byte, 4096)
	for {
		n, err := unix.Read(fd, buf)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		for data := buf[:n]; len(data) > 0; {
			n, err := unix.Write(fd, data)
			if err != nil {
				return err
			}
			data = data[n:]
		}
	}
}
