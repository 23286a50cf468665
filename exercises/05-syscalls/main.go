//go:build unix

// Echo-sys is an echo server made of system calls, without package net.
//
//	echo-sys [-listen ADDR] [-backlog N] [-hold]
//
// It prints "listening on ADDR", an IPv4 address and a port, once it can be
// reached, and serves its clients one after another, with a backlog of N.
// With -hold it reads a line from standard input before it accepts the first.
// When it has no file descriptor left for the next client, it waits until it
// has one.
//
// This file is the only one you edit. Read chapters/05-syscalls.md first, as far
// as the exercise. Package net is not needed.
package main

import (
	"flag"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	// TODO: delete the next line when you begin.
	notWritten()

	addr := flag.String("listen", "127.0.0.1:0", "IPv4 `address` to listen on")
	backlog := flag.Int("backlog", unix.SOMAXCONN, "backlog `N` for listen")
	hold := flag.Bool("hold", false, "wait for a line on standard input")
	flag.Parse()
	if err := run(*addr, *backlog, *hold); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		os.Exit(1)
	}
}

// run listens on addr, prints "listening on" and the address that the kernel
// has given the socket, and serves clients until accepting fails. With hold it
// reads a line from standard input before the first accept; the end of the
// input will do as well.
func run(addr string, backlog int, hold bool) error {
	at, err := parse(addr)
	if err != nil {
		return err
	}
	// TODO
	_ = at
	return nil
}

// parse reads an IPv4 address and a port, as in 127.0.0.1:0.
func parse(addr string) (*unix.SockaddrInet4, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	if !at.Addr().Is4() {
		return nil, fmt.Errorf("%s: this server speaks IPv4 only", addr)
	}
	return &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())}, nil
}

// listen returns the descriptor of a socket that listens at the address, and
// that no other program inherits. When a call fails, no descriptor stays open,
// and the error names the call.
func listen(at *unix.SockaddrInet4, backlog int) (int, error) {
	// TODO
	return -1, nil
}

// open gives the socket its address and opens it to clients, with this backlog.
// An address that only old connections use is no obstacle. The error names the
// call that failed.
func open(fd int, at *unix.SockaddrInet4, backlog int) error {
	// TODO
	return nil
}

// serve takes clients from ln one at a time, until accepting fails. EINTR and
// ECONNABORTED, a signal and a client that has left the queue, are no failure.
// EMFILE and ENFILE say that this process, or the whole system, has no
// descriptor left: others will be closed.
func serve(ln int) error {
	// TODO
	return nil
}

// handle serves one client to its end and closes conn, which no other program
// inherits. What goes wrong with one client, in read or write, goes to standard
// error, and is no reason to stop serving others.
func handle(conn int) {
	// TODO
}

// echo sends back every byte, until the end of the stream: then it returns nil.
// A signal that interrupts a call is no failure.
func echo(conn int) error {
	// TODO
	return nil
}

// writeAll writes all of data: a write may take less than it was given, and may
// be interrupted by a signal.
func writeAll(conn int, data []byte) error {
	// TODO
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
