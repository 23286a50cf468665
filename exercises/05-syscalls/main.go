//go:build linux || darwin

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
// This file is the only one you edit. Read chapters/05-syscalls.md first: it
// goes through the system calls one by one. Package net is not needed.
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

// run listens on addr and serves clients until accepting fails.
func run(addr string, backlog int, hold bool) error {
	at, err := parse(addr)
	if err != nil {
		return err
	}
	// TODO:
	//  1. Call listen, and see to it that its descriptor is closed at the end.
	//  2. Ask the kernel for the address (unix.Getsockname; the result is a
	//     *unix.SockaddrInet4), and print "listening on ADDR" and a newline.
	//  3. With hold, read one line from standard input, by package bufio.
	//  4. Call serve, and return what it returns.
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

// listen returns the descriptor of a socket that listens at the address.
func listen(at *unix.SockaddrInet4, backlog int) (int, error) {
	// TODO:
	//  1. Make a TCP socket for IPv4: unix.Socket. Mark it close-on-exec:
	//     unix.CloseOnExec.
	//  2. Call open. When that fails, close the descriptor.
	return -1, nil
}

// open gives the socket its address and opens it to clients.
func open(fd int, at *unix.SockaddrInet4, backlog int) error {
	// TODO:
	//  1. Allow an address that a connection in TIME-WAIT uses: SO_REUSEADDR.
	//  2. Bind the socket to the address.
	//  3. Listen, with the backlog.
	//  Each can fail: os.NewSyscallError("bind", err) says which one did.
	return nil
}

// serve takes clients from ln one at a time, until accepting fails. EINTR and
// ECONNABORTED, a signal and a client that has left the queue, are no failure.
func serve(ln int) error {
	// TODO: in a loop:
	//  1. Accept the next client: unix.Accept.
	//  2. After EINTR and ECONNABORTED go round again; return any other error.
	//  3. Hand the new descriptor to handle.
	return nil
}

// handle serves one client to its end and closes conn.
func handle(conn int) {
	// TODO:
	//  1. See to it that conn is closed, however this function ends.
	//  2. Mark it close-on-exec.
	//  3. Call echo. Tell its error on standard error: it concerns this client
	//     alone. Without one, send the FIN: unix.Shutdown.
}

// echo sends back every byte, until the end of the stream: a read of no bytes.
func echo(conn int) error {
	// TODO: make a buffer, then again and again
	//  1. read into it (unix.Read), and once more after EINTR;
	//  2. return at the end of the stream, and after any other error;
	//  3. hand the n bytes that were read to writeAll.
	return nil
}

// writeAll writes all of data: a write may take less than it was given.
func writeAll(conn int, data []byte) error {
	// TODO: as long as there is data: unix.Write, and cut off the front that
	// was written. After EINTR nothing was.
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
