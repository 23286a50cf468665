//go:build linux

// Catch hands a file from one end of a pair of sockets to the other.
//
//	catch FILE
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: catch FILE")
		os.Exit(2)
	}
	thrower, catcher := pair()
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	three := make([]byte, 3)
	io.ReadFull(file, three)

	ball := unix.UnixRights(int(file.Fd()))
	_, _, err = thrower.WriteMsgUnix([]byte("here"), ball, nil)
	if err != nil {
		log.Fatal(err)
	}

	text, hands := make([]byte, 100), make([]byte, unix.CmsgSpace(4))
	n, held, _, _, err := catcher.ReadMsgUnix(text, hands)
	if err != nil {
		log.Fatal(err)
	}
	caught, err := unix.ParseSocketControlMessage(hands[:held])
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := unix.ParseUnixRights(&caught[0])
	if err != nil {
		log.Fatal(err)
	}
	mine := os.NewFile(uintptr(numbers[0]), "caught")
	rest, _ := io.ReadAll(mine)
	fmt.Printf("with %q came another number: %t\n", text[:n], numbers[0] != int(file.Fd()))
	fmt.Printf("read before: %q, read after: %q\n", three, rest)

	left, _ := io.ReadAll(file)
	fmt.Printf("left for the first one: %q\n", left)
}

// pair returns two Unix sockets that are connected with each other.
func pair() (a, b *net.UnixConn) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	return conn(fds[0]), conn(fds[1])
}

func conn(fd int) *net.UnixConn {
	f := os.NewFile(uintptr(fd), "socket")
	defer f.Close() // package net works with a copy
	c, err := net.FileConn(f)
	if err != nil {
		log.Fatal(err)
	}
	return c.(*net.UnixConn)
}
