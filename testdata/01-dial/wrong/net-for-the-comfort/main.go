//go:build linux || darwin

// Belief: with a socket and a connect of my own, the rest may be package net's.
//
// The conversation is the same on the wire. But write, shutdown and read, and
// what they leave to the caller, have stayed hidden.
//
// Caught by: 32-socket-and-connect (source).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDR [word...]")
		os.Exit(2)
	}
	if err := ask(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func ask(addr string, words []string) error {
	conn, err := connect(addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintln(os.Stderr, "tcp", conn.LocalAddr(), "->", conn.RemoteAddr())

	if len(words) > 0 {
		if _, err := io.WriteString(conn, strings.Join(words, " ")+"\n"); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// connect returns a connection to the first of addr's addresses that answers.
func connect(addr string) (conn net.Conn, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	hosts, err := net.LookupHost(host)
	if err != nil {
		return nil, err
	}
	for _, host := range hosts {
		var to *net.TCPAddr
		if to, err = net.ResolveTCPAddr("tcp", net.JoinHostPort(host, port)); err != nil {
			return nil, err
		}
		if conn, err = connectTo(to); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func connectTo(to *net.TCPAddr) (net.Conn, error) {
	family, sa := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Addr: [16]byte(to.IP.To16()), Port: to.Port})
	if four := to.IP.To4(); four != nil {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{Addr: [4]byte(four), Port: to.Port}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "socket")
	defer file.Close() // FileConn has a descriptor of its own
	if err := unix.Connect(fd, sa); err != nil {
		return nil, err
	}
	return net.FileConn(file)
}
