//go:build linux

// Belief: EPOLLRDHUP says that a client has gone, before any read does, and
// then there is nothing left to be done for it.
//
// It says that the client has sent a FIN.
//
// Caught by: 18-fin-while-pending (early-eof).
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

// loop asks who is ready and does one thing for each of them.
func loop(epoll, ln int) error {
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(epoll, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			fd := int(e.Fd)
			switch {
			case fd == ln:
				accept(epoll, ln)
			case e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0:
				log.Println("the client has gone")
				leave(fd)
			default:
				if err := serve(epoll, fd); err != nil {
					leave(fd)
				}
			}
		}
	}
}

// leave ends one client's connection.
func leave(fd int) {
	delete(pending, fd)
	unix.Close(fd)
}

// accept takes one client from the accept queue.
func accept(epoll, ln int) {
	fd, _, err := unix.Accept(ln)
	if err != nil {
		return
	}
	unix.CloseOnExec(fd)
	unix.SetNonblock(fd, true)
	watch(epoll, fd, unix.EPOLLIN|unix.EPOLLRDHUP)
}

// serve writes what is pending, and reads when nothing is.
func serve(epoll, fd int) error {
	data := pending[fd]
	if len(data) == 0 {
		buf := make([]byte, 16<<10)
		n, err := unix.Read(fd, buf)
		if notNow(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return io.EOF
		}
		data = buf[:n]
	}
	n, err := unix.Write(fd, data)
	if err != nil && !notNow(err) {
		return err
	}
	pending[fd] = data[max(n, 0):]
	what := uint32(unix.EPOLLIN | unix.EPOLLRDHUP)
	if len(pending[fd]) > 0 {
		what = unix.EPOLLOUT | unix.EPOLLRDHUP
	}
	return unix.EpollCtl(epoll, unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: what, Fd: int32(fd)})
}
