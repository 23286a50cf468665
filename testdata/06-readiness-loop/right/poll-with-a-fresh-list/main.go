//go:build unix

// Poll(2) instead of epoll, on any system, with a list that is made anew in
// every turn; all waiting clients are accepted at once, and one read takes up
// to 256 KiB.
package main

import (
	"flag"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	return loop(ln)
}

// pending has for each client what its socket has not taken yet.
var pending = map[int][]byte{}

// loop makes a new list for poll(2) in every turn.
func loop(ln int) error {
	clients := map[int]bool{}
	for {
		fds := []unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}}
		for fd := range clients {
			fds = append(fds, unix.PollFd{Fd: int32(fd), Events: interest(fd)})
		}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return err
		}
		for _, f := range fds[1:] {
			if f.Revents != 0 && !serve(int(f.Fd)) {
				delete(clients, int(f.Fd))
				delete(pending, int(f.Fd))
				unix.Close(int(f.Fd))
			}
		}
		for fds[0].Revents != 0 { // all that wait in the queue
			fd, _, err := unix.Accept(ln)
			if err == unix.EAGAIN || err == unix.EINTR || err == unix.ECONNABORTED {
				break
			}
			if err != nil {
				return err
			}
			unix.CloseOnExec(fd)
			unix.SetNonblock(fd, true)
			clients[fd] = true
		}
	}
}

// interest says what fd is watched for.
func interest(fd int) int16 {
	if len(pending[fd]) > 0 {
		return unix.POLLOUT
	}
	return unix.POLLIN
}

// serve reads, unless output is pending, and writes. It reports whether the
// connection goes on.
func serve(fd int) bool {
	data := pending[fd]
	if len(data) == 0 {
		buf := make([]byte, 256<<10)
		n, err := unix.Read(fd, buf)
		if n == 0 || err != nil && !notNow(err) {
			return false
		}
		data = buf[:max(n, 0)]
	}
	n, err := unix.Write(fd, data)
	if err != nil && !notNow(err) {
		return false
	}
	pending[fd] = data[max(n, 0):]
	return true
}
