//go:build linux

// Belief: poll reports the FIN of the peer once.
//
// It reports it every time, so the server spins while its client reads late.
//
// Caught by: 18-late-reader (busy-loop).
package main

import (
	"flag"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-once:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln)
}

func serve(ln net.Listener) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	f, err := conn.(*net.TCPConn).File()
	conn.Close()
	if err != nil {
		return err
	}
	defer f.Close()
	return echo(int(f.Fd()))
}

func echo(fd int) error {
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	room := make([]byte, 64<<10)
	var start, end int // room[start:end] has still to go back
	eof := false
	for {
		events := int16(unix.POLLRDHUP) // the client's end must wake us, too
		if end < len(room) {
			events |= unix.POLLIN
		}
		if start < end {
			events |= unix.POLLOUT
		}
		fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
		if _, err := unix.Poll(fds, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return err
		}
		if fds[0].Revents&(unix.POLLIN|unix.POLLERR) != 0 && end < len(room) {
			n, err := unix.Read(fd, room[end:])
			switch {
			case err == unix.EAGAIN || err == unix.EINTR:
			case err != nil:
				return err
			case n == 0:
				eof = true
			default:
				end += n
			}
		}
		if start < end {
			n, err := unix.Write(fd, room[start:end])
			if err != nil && err != unix.EAGAIN && err != unix.EINTR {
				return err
			}
			if n > 0 {
				start += n
			}
			if start > 0 {
				end = copy(room, room[start:end])
				start = 0
			}
		}
		if eof && start == end {
			return nil
		}
	}
}
