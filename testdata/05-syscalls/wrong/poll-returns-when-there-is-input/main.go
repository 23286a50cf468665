//go:build unix

// Belief: when poll comes back there is input, or its end.
//
// A signal that means nothing ends poll, too, with EINTR: with -hold the server accepts before the line has come.
//
// Caught by: 10-early-data (queue).
package main

import (
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

// run listens on addr, prints "listening on" and the address that the kernel
// has given the socket, and serves clients until accepting fails. With hold it
// reads a line from standard input before the first accept; the end of the
// input will do as well.
func run(addr string, backlog int, hold bool) error {
	at, err := parse(addr)
	if err != nil {
		return err
	}
	ln, err := listen(at, backlog)
	if err != nil {
		return err
	}
	defer unix.Close(ln)
	name, err := unix.Getsockname(ln)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	at = name.(*unix.SockaddrInet4)
	fmt.Printf("listening on %v:%d\n", netip.AddrFrom4(at.Addr), at.Port)
	if hold {
		waitForLine()
	}
	return serve(ln)
}

// waitForLine takes standard input byte by byte, so that it takes nothing that
// comes after the line, until an LF or the end.
func waitForLine() {
	input := []unix.PollFd{{Fd: 0, Events: unix.POLLIN}}
	char := make([]byte, 1)
	for {
		if _, err := unix.Poll(input, -1); err != nil {
			return
		}
		n, err := unix.Read(0, char)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 || char[0] == '\n' {
			return
		}
	}
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
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	if err := open(fd, at, backlog); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// open gives the socket its address and opens it to clients, with this backlog.
// An address that only old connections use is no obstacle. The error names the
// call that failed.
func open(fd int, at *unix.SockaddrInet4, backlog int) error {
	err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, at); err != nil {
		return os.NewSyscallError("bind", err)
	}
	return os.NewSyscallError("listen", unix.Listen(fd, backlog)) // nil for nil
}

// serve takes clients from ln one at a time, until accepting fails. EINTR and
// ECONNABORTED, a signal and a client that has left the queue, are no failure.
// EMFILE and ENFILE say that this process, or the whole system, has no
// descriptor left: others will be closed.
func serve(ln int) error {
	pause := shortest
	for {
		conn, _, err := unix.Accept(ln)
		switch err {
		case nil:
			pause = shortest
			handle(conn)
		case unix.EINTR, unix.ECONNABORTED:
		case unix.EMFILE, unix.ENFILE:
			fmt.Fprintln(os.Stderr, "echo-sys: accept:", err)
			unix.Poll(nil, pause) // it waits, without a descriptor
			pause = min(2*pause, longest)
		default:
			return os.NewSyscallError("accept", err)
		}
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 // milliseconds
	longest  = 1000
)

// handle serves one client to its end and closes conn, which no other program
// inherits. What goes wrong with one client, in read or write, goes to standard
// error, and is no reason to stop serving others.
func handle(conn int) {
	defer unix.Close(conn)
	unix.CloseOnExec(conn)
	if err := echo(conn); err != nil {
		fmt.Fprintln(os.Stderr, "echo-sys:", err)
		return
	}
	unix.Shutdown(conn, unix.SHUT_WR) // our FIN, also when a child holds it
}

// echo sends back every byte, until the end of the stream: then it returns nil.
// A signal that interrupts a call is no failure.
func echo(conn int) error {
	buf := make([]byte, 4096)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return os.NewSyscallError("read", err) // nil for nil
		}
		if err := writeAll(conn, buf[:n]); err != nil {
			return err
		}
	}
}

// writeAll writes all of data: a write may take less than it was given, and may
// be interrupted by a signal.
func writeAll(conn int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(conn, data)
		if err == unix.EINTR {
			continue // nothing was taken
		}
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		data = data[n:]
	}
	return nil
}
