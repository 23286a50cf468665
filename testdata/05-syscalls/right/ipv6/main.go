//go:build unix

// Echo-sys for both families: the address chooses the socket's family, and the
// struct for bind.
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
	ln, err := listen(ap, backlog)
	if err != nil {
		return err
	}
	defer unix.Close(ln)
	sa, err := unix.Getsockname(ln)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	fmt.Println("listening on", addrPort(sa))

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

// listen returns the descriptor of a socket of the address's family.
func listen(ap netip.AddrPort, backlog int) (int, error) {
	family, at := sockaddr(ap)
	ln, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	unix.CloseOnExec(ln)
	if err := unix.SetsockoptInt(ln, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return -1, fmt.Errorf("setsockopt: %w", err)
	}
	if err := unix.Bind(ln, at); err != nil {
		return -1, fmt.Errorf("bind: %w", err)
	}
	if err := unix.Listen(ln, backlog); err != nil {
		return -1, fmt.Errorf("listen: %w", err)
	}
	return ln, nil
}

// sockaddr returns the family of the address, and the struct that bind wants.
func sockaddr(ap netip.AddrPort) (int, unix.Sockaddr) {
	if ap.Addr().Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	}
	return unix.AF_INET6, &unix.SockaddrInet6{Addr: ap.Addr().As16(), Port: int(ap.Port())}
}

// addrPort returns the address as netip knows it: it prints itself in brackets
// where they belong.
func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
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
