//go:build unix

// Belief: the address that I bound is the address in the flag.
//
// The user sees port 0, where no client can connect.
//
// Caught by: 01-one-line (wrong-address).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	backlog := flag.Int("backlog", 128, "how many connections may wait")
	hold := flag.Bool("hold", false, "read a line before the first accept")
	flag.Parse()
	if err := run(*listen, *backlog, *hold); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		os.Exit(1)
	}
}

func run(addr string, backlog int, hold bool) error {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	if !ap.Addr().Is4() {
		return fmt.Errorf("%v is not an IPv4 address", ap.Addr())
	}
	ln, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(ln)
	unix.CloseOnExec(ln)
	err = unix.SetsockoptInt(ln, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err != nil {
		return fmt.Errorf("setsockopt: %w", err)
	}
	at := &unix.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	if err := unix.Bind(ln, at); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	if err := unix.Listen(ln, backlog); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Println("listening on", ap)

	if hold {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
	for {
		conn, _, err := unix.Accept(ln)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		handle(conn)
	}
}

func handle(conn int) {
	defer unix.Close(conn)
	unix.CloseOnExec(conn)
	if err := echo(conn); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
	}
}

func echo(conn int) error {
	buf := make([]byte, 4096)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if n == 0 {
			return nil
		}
		if err := writeAll(conn, buf[:n]); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
}

func writeAll(conn int, p []byte) error {
	for len(p) > 0 {
		n, err := unix.Write(conn, p)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
