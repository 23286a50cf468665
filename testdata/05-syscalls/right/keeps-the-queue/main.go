//go:build unix

// Echo-sys that executes itself anew on SIGHUP, and leaves its listener to the
// program that comes: a client in the queue notices nothing.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"strconv"

	"golang.org/x/sys/unix"
)

// legacy is the variable that holds the number of the listener.
const legacy = "ECHO_SYS_LISTENER"

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
	ln, err := strconv.Atoi(os.Getenv(legacy))
	inherited := err == nil
	if !inherited {
		if ln, err = listen(addr, backlog); err != nil {
			return err
		}
	}
	defer unix.Close(ln)
	unix.CloseOnExec(ln)
	wake, err := hangups()
	if err != nil {
		return err
	}
	if inherited {
		fmt.Fprintln(os.Stderr, "echo-sys: anew, with the address as before")
		return serve(ln, wake)
	}
	sa, err := unix.Getsockname(ln)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	in4 := sa.(*unix.SockaddrInet4)
	fmt.Printf("listening on %v:%d\n", netip.AddrFrom4(in4.Addr), in4.Port)
	if hold {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
	return serve(ln, wake)
}

// listen returns the descriptor of a socket that listens at addr.
func listen(addr string, backlog int) (int, error) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return -1, err
	}
	if !ap.Addr().Is4() {
		return -1, fmt.Errorf("%v is not an IPv4 address", ap.Addr())
	}
	ln, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	unix.CloseOnExec(ln)
	if err := unix.SetsockoptInt(ln, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return -1, fmt.Errorf("setsockopt: %w", err)
	}
	at := &unix.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	if err := unix.Bind(ln, at); err != nil {
		return -1, fmt.Errorf("bind: %w", err)
	}
	if err := unix.Listen(ln, backlog); err != nil {
		return -1, fmt.Errorf("listen: %w", err)
	}
	// A client may leave the queue between poll and accept: then accept must not wait.
	return ln, unix.SetNonblock(ln, true)
}

// hangups returns the end of a pipe that can be read after a SIGHUP.
func hangups() (int, error) {
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil {
		return -1, fmt.Errorf("pipe: %w", err)
	}
	unix.CloseOnExec(pipe[0])
	unix.CloseOnExec(pipe[1])
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, unix.SIGHUP)
	go func() {
		<-hup
		unix.Write(pipe[1], []byte{0})
	}()
	return pipe[0], nil
}

// serve takes clients one after another. It never accepts one after a SIGHUP:
// those are for the program that comes.
func serve(ln, wake int) error {
	ready := []unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(ready, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return fmt.Errorf("poll: %w", err)
		}
		if ready[1].Revents != 0 {
			return succeed(ln)
		}
		conn, _, err := unix.Accept(ln)
		switch err {
		case nil:
			handle(conn)
		case unix.EINTR, unix.ECONNABORTED, unix.EAGAIN:
		case unix.EMFILE, unix.ENFILE:
			unix.Poll(nil, 100)
		default:
			return fmt.Errorf("accept: %w", err)
		}
	}
}

// succeed executes the program anew, with the listener; it returns only when
// that fails.
func succeed(ln int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if _, err := unix.FcntlInt(uintptr(ln), unix.F_SETFD, 0); err != nil {
		return fmt.Errorf("fcntl: %w", err)
	}
	os.Setenv(legacy, strconv.Itoa(ln))
	return fmt.Errorf("exec: %w", unix.Exec(self, os.Args, os.Environ()))
}

func handle(conn int) {
	defer unix.Close(conn)
	unix.CloseOnExec(conn)
	unix.SetNonblock(conn, false) // macOS hands on the listener's mark
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
