//go:build linux

// Keepalive asks the kernel what package net has set for a new connection.
package main

import (
	"fmt"
	"log"
	"net"

	"golang.org/x/sys/unix"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	conn, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	raw, err := conn.(*net.TCPConn).SyscallConn()
	check(err)
	check(raw.Control(func(fd uintptr) {
		show(fd, "keepalive is on", unix.SOL_SOCKET, unix.SO_KEEPALIVE)
		show(fd, "first probe after s", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)
		show(fd, "next ones after s", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL)
		show(fd, "how many", unix.IPPROTO_TCP, unix.TCP_KEEPCNT)
		show(fd, "user timeout in ms", unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
	}))
}

// show prints an option of the socket.
func show(fd uintptr, what string, level, option int) {
	n, err := unix.GetsockoptInt(int(fd), level, option)
	check(err)
	fmt.Printf("%-20s %d\n", what+":", n)
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
