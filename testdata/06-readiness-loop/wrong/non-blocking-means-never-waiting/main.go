//go:build unix

// Belief: a non-blocking program never waits, so poll gets a timeout of 0.
//
// Caught by: 11-after-idle (busy-loop).
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

// loop hands all sockets to poll(2), which must not wait: non-blocking means
// that nothing waits.
func loop(ln int) error {
	fds := []unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(fds, 0); err != nil && err != unix.EINTR {
			return err
		}
		next := fds[:1]
		for _, f := range fds[1:] {
			if !serve(&f) {
				delete(pending, int(f.Fd))
				unix.Close(int(f.Fd))
				continue
			}
			next = append(next, f)
		}
		if fds[0].Revents != 0 {
			if fd, _, err := unix.Accept(ln); err == nil {
				unix.CloseOnExec(fd)
				unix.SetNonblock(fd, true)
				next = append(next, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
			}
		}
		fds = next
	}
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
