//go:build linux

// Left-over has ten bytes in a pipe and takes four of them. Then it asks epoll
// whether the pipe is ready: level-triggered, and edge-triggered.
//
//	left-over
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	try("level-triggered", unix.EPOLLIN)
	try("edge-triggered", unix.EPOLLIN|unix.EPOLLET)
}

// try watches a pipe in one of the two ways.
func try(way string, events int64) {
	var p [2]int
	check(unix.Pipe(p[:]))
	epoll, err := unix.EpollCreate1(0)
	check(err)
	event := unix.EpollEvent{Events: uint32(events), Fd: int32(p[0])}
	check(unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, p[0], &event))

	unix.Write(p[1], []byte("ten bytes!"))
	fmt.Println(way)
	fmt.Println("  ten bytes are there:", ready(epoll))
	unix.Read(p[0], make([]byte, 4))
	fmt.Println("  four were read:     ", ready(epoll))
	unix.Write(p[1], []byte("more"))
	fmt.Println("  four more came:     ", ready(epoll))
}

// ready asks epoll, without waiting.
func ready(epoll int) string {
	n, err := unix.EpollWait(epoll, make([]unix.EpollEvent, 1), 0)
	check(err)
	if n == 0 {
		return "silent"
	}
	return "ready"
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
