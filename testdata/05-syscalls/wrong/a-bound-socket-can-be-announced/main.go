//go:build linux

// Belief: a socket that has an address can be reached there.
//
// The address is announced after bind and before listen.
//
// Caught by: 20-listens-first (not-listening).
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
	addr := flag.String("listen", "127.0.0.1:0", "IPv4 `address` to listen on")
	backlog := flag.Int("backlog", unix.SOMAXCONN, "backlog `N` for listen")
	hold := flag.Bool("hold", false, "wait for a line on standard input")
	flag.Parse()
	if err := run(*addr, *backlog, *hold); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		os.Exit(1)
	}
}

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

func run(addr string, backlog int, hold bool) error {
	at, err := parse(addr)
	if err != nil {
		return err
	}
	ln, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(ln)
	unix.CloseOnExec(ln)
	if err := unix.SetsockoptInt(ln, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(ln, at); err != nil {
		return os.NewSyscallError("bind", err)
	}
	name, err := unix.Getsockname(ln)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	got := name.(*unix.SockaddrInet4)
	fmt.Printf("listening on %v:%d\n", netip.AddrFrom4(got.Addr), got.Port)
	if err := unix.Listen(ln, backlog); err != nil {
		return os.NewSyscallError("listen", err)
	}
	if hold {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
	return serve(ln)
}

func serve(ln int) error {
	for {
		conn, _, err := unix.Accept(ln)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			return os.NewSyscallError("accept", err)
		}
		handle(conn)
	}
}

func handle(conn int) {
	defer unix.Close(conn)
	unix.CloseOnExec(conn)
	if err := echo(conn); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		return
	}
	unix.Shutdown(conn, unix.SHUT_WR)
}

func echo(conn int) error {
	buf := make([]byte, 4096)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return os.NewSyscallError("read", err)
		}
		if err := writeAll(conn, buf[:n]); err != nil {
			return err
		}
	}
}

func writeAll(conn int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(conn, data)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		data = data[n:]
	}
	return nil
}
