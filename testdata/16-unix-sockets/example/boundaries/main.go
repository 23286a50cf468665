//go:build linux

// Boundaries writes twice to Unix sockets of two types, and then reads.
//
//	boundaries
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	fmt.Println("SOCK_STREAM:")
	show(unix.SOCK_STREAM)
	fmt.Println("SOCK_SEQPACKET:")
	show(unix.SOCK_SEQPACKET)
}

// show reads twice what was written in two pieces: first with much room, then,
// with new sockets, with room for three bytes.
func show(kind int) {
	for _, room := range []int{100, 3} {
		ends, err := unix.Socketpair(unix.AF_UNIX, kind, 0)
		if err != nil {
			log.Fatal(err)
		}
		unix.Write(ends[0], []byte("first"))
		unix.Write(ends[0], []byte("second"))
		unix.Close(ends[0])
		for range 2 {
			buf := make([]byte, room)
			n, _, flags, _, err := unix.Recvmsg(ends[1], buf, nil, 0)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("  room for %d: %q, cut: %t\n", room, buf[:n], flags&unix.MSG_TRUNC != 0)
		}
		unix.Close(ends[1])
	}
}
