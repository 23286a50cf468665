//go:build unix

// Either reads what comes on standard input, and says when a time is over,
// whichever is first. It waits for both with one call.
//
//	either TIME
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	limit, err := time.ParseDuration(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	bell := ring(limit)
	watched := []unix.PollFd{
		{Fd: 0, Events: unix.POLLIN},
		{Fd: int32(bell), Events: unix.POLLIN},
	}
	for {
		wait(watched)
		if watched[1].Revents != 0 {
			fmt.Println(limit, "are over")
			return
		}
		buf := make([]byte, 100)
		n, err := unix.Read(0, buf)
		fmt.Printf("input: %q, %v\n", buf[:max(n, 0)], err)
		if n <= 0 {
			return
		}
	}
}

// wait waits until one of them is ready at least.
func wait(watched []unix.PollFd) {
	_, err := unix.Poll(watched, -1)
	for err == unix.EINTR {
		_, err = unix.Poll(watched, -1)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// ring returns a pipe that can be read when limit is over.
func ring(limit time.Duration) int {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(limit, func() { unix.Write(p[1], []byte{0}) })
	return p[0]
}
