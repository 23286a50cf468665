//go:build unix

// Belief: what poll has said may be out of date after the first read or write,
// so it must be asked again after each.
//
// It looks through its list from the front, and so the client at the front
// always comes first.
//
// Caught by: 25-fair (out-of-turn).
package main

import (
	"flag"
	"fmt"
	"log"
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

// loop hands all sockets to poll(2), serves the first one that is ready, and
// asks again, because the others may have changed by then.
func loop(ln int) error {
	fds := []unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return err
		}
		for i, f := range fds {
			if f.Revents == 0 {
				continue
			}
			if i == 0 {
				fds = accept(ln, fds)
			} else if !serve(&fds[i]) {
				delete(pending, int(f.Fd))
				unix.Close(int(f.Fd))
				fds = append(fds[:i], fds[i+1:]...)
			}
			break // whatever else was ready may have changed
		}
	}
}

// accept takes one client from the accept queue.
func accept(ln int, fds []unix.PollFd) []unix.PollFd {
	fd, _, err := unix.Accept(ln)
	if err != nil {
		return fds
	}
	unix.CloseOnExec(fd)
	unix.SetNonblock(fd, true)
	return append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
}

// serve does what one client is ready for, and reports whether it is still
// there.
func serve(f *unix.PollFd) bool {
	fd := int(f.Fd)
	if f.Revents&unix.POLLOUT != 0 {
		return send(f, pending[fd])
	}
	if f.Revents == 0 {
		return true
	}
	buf := make([]byte, 4096)
	n, err := unix.Read(fd, buf)
	if err != nil && !notNow(err) {
		log.Println("read:", err)
		return false
	}
	if n == 0 {
		return false
	}
	if err != nil {
		return true
	}
	return send(f, buf[:n])
}

// send writes what the socket takes and remembers the rest.
func send(f *unix.PollFd, data []byte) bool {
	n, err := unix.Write(int(f.Fd), data)
	if err != nil && !notNow(err) {
		log.Println("write:", err)
		return false
	}
	pending[int(f.Fd)] = data[max(n, 0):]
	f.Events = unix.POLLIN
	if len(pending[int(f.Fd)]) > 0 {
		f.Events = unix.POLLOUT
	}
	return true
}
