//go:build linux

// Belief: edge-triggered epoll is the faster one, and one event means one
// call.
//
// It reports that something has changed, and is silent while something is only
// left.
//
// Caught by: 15-pick-up-again (silence).
package main

import (
	"flag"
	"fmt"
	"io"
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
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := watch(epoll, ln, unix.EPOLLIN); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	return loop(epoll, ln)
}

// watch begins to watch fd.
func watch(epoll, fd int, events uint32) error {
	return unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// pending has for each client what its socket has not taken yet.
var pending = map[int][]byte{}

// interest is what clients are watched for. Edge-triggered epoll tells each
// thing once, so nothing has to be changed later.
const interest = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLET&0xffffffff

// loop does for each event the one call that it is about.
func loop(epoll, ln int) error {
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(epoll, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			fd := int(e.Fd)
			if fd == ln {
				accept(epoll, ln)
				continue
			}
			if err := serve(fd); err != nil {
				if err != io.EOF {
					log.Println(err)
				}
				delete(pending, fd)
				unix.Close(fd)
			}
		}
	}
}

// accept takes one client from the accept queue.
func accept(epoll, ln int) {
	fd, _, err := unix.Accept(ln)
	if err != nil {
		return
	}
	unix.CloseOnExec(fd)
	unix.SetNonblock(fd, true)
	watch(epoll, fd, interest)
}

// serve writes what is pending, and reads when nothing is.
func serve(fd int) error {
	if len(pending[fd]) > 0 {
		return send(fd, pending[fd])
	}
	buf := make([]byte, 1024)
	n, err := unix.Read(fd, buf)
	switch {
	case notNow(err):
		return nil
	case err != nil:
		return err
	case n == 0:
		return io.EOF
	}
	return send(fd, buf[:n])
}

// send writes what the socket takes and remembers the rest.
func send(fd int, data []byte) error {
	n, err := unix.Write(fd, data)
	if err != nil && !notNow(err) {
		return err
	}
	pending[fd] = data[max(n, 0):]
	return nil
}
