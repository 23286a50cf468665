//go:build linux

// Edge-triggered epoll: each client is watched once for everything, and the
// program remembers who has not said EAGAIN yet.
package main

import (
	"flag"
	"fmt"
	"io"
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

// interest is what clients are watched for, once and for all: edge-triggered
// epoll reports a change, and is silent until there is another.
const interest = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff

// loop keeps a list of its own of who has something left to do: a client stays
// on it until a call on its socket has said EAGAIN.
func loop(epoll, ln int) error {
	events := make([]unix.EpollEvent, 64)
	busy := map[int]bool{}
	for {
		wait := -1
		if len(busy) > 0 {
			wait = 0
		}
		n, err := unix.EpollWait(epoll, events, wait)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			if fd := int(e.Fd); fd != ln {
				busy[fd] = true
			} else if err := accept(epoll, ln); err != nil {
				return err
			}
		}
		for fd := range busy {
			if err := step(fd); notNow(err) {
				delete(busy, fd)
			} else if err != nil {
				delete(busy, fd)
				delete(pending, fd)
				unix.Close(fd)
			}
		}
	}
}

// accept takes one client from the accept queue, which is watched level-
// triggered.
func accept(epoll, ln int) error {
	fd, _, err := unix.Accept(ln)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil // it has left the queue again
	}
	if err != nil {
		return err
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	return watch(epoll, fd, interest)
}

// step makes one call: a write when output is pending, otherwise a read and
// the write that follows from it.
func step(fd int) error {
	data := pending[fd]
	if len(data) == 0 {
		buf := make([]byte, 32<<10)
		n, err := unix.Read(fd, buf)
		if err != nil {
			return err
		}
		if n == 0 {
			return io.EOF
		}
		data = buf[:n]
	}
	n, err := unix.Write(fd, data)
	if pending[fd] = data[max(n, 0):]; len(pending[fd]) == 0 {
		delete(pending, fd)
	}
	return err
}
