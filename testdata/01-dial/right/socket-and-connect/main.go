//go:build linux || darwin

// Package net is not used: this client is made of socket, connect, getsockname, write,
// shutdown, read and close. It knows one name, localhost; other hosts are given as addresses.
package main

import (
	"errors"
	"fmt"
	"net/netip"
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
	fd, err := dial(addr)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := showEnds(fd); err != nil {
		return err
	}
	if len(words) > 0 {
		if err := writeAll(fd, []byte(strings.Join(words, " ")+"\n")); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil {
		return fmt.Errorf("shutdown: %w", err)
	}
	return printAll(fd)
}

// dial tries every address that addr stands for, in order, and returns the
// socket of the first that answers, or the error of the last.
func dial(addr string) (fd int, err error) {
	places := []string{addr}
	if port, ok := strings.CutPrefix(addr, "localhost:"); ok {
		places = []string{"[::1]:" + port, "127.0.0.1:" + port}
	}
	for _, place := range places {
		var ap netip.AddrPort
		if ap, err = netip.ParseAddrPort(place); err != nil {
			return 0, err
		}
		if fd, err = connect(ap); err == nil {
			return fd, nil
		}
	}
	return 0, err
}

// connect makes a socket of the address's family and connects it.
func connect(ap netip.AddrPort) (fd int, err error) {
	family, to := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Addr: ap.Addr().As16(), Port: int(ap.Port())})
	if ap.Addr().Is4() {
		family, to = unix.AF_INET, &unix.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	}
	if fd, err = unix.Socket(family, unix.SOCK_STREAM, 0); err != nil {
		return 0, fmt.Errorf("socket: %w", err)
	}
	if err := unix.Connect(fd, to); err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("connect to %v: %w", ap, err)
	}
	return fd, nil
}

func showEnds(fd int) error {
	local, err := unix.Getsockname(fd)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	remote, err := unix.Getpeername(fd)
	if err != nil {
		return fmt.Errorf("getpeername: %w", err)
	}
	fmt.Fprintln(os.Stderr, "tcp", address(local), "->", address(remote))
	return nil
}

func address(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// writeAll writes all of data: write(2) may take a part.
func writeAll(fd int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// printAll reads until read(2) returns 0, the end of the stream.
func printAll(fd int) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(fd, buf)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case n == 0:
			return nil
		}
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return err
		}
	}
}
