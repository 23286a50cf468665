//go:build unix

// Never-waits has both ends of a pipe, and neither of them blocks. It prints
// what each call on them returns.
//
//	never-waits
package main

import (
	"fmt"
	"log"

	"golang.org/x/sys/unix"
)

func main() {
	out, in := pipe()
	read(out, 4096)
	write(in, 5)
	read(out, 4096)
	read(out, 4096)
	write(in, 40_960)
	write(in, 40_960)
	write(in, 40_960)
	unix.Close(in)
	fmt.Println("close")
	read(out, 100_000)
	read(out, 100_000)
}

// pipe returns a pipe that does not block, at either end: what is written to in
// is read from out.
func pipe() (out, in int) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		log.Fatal(err)
	}
	for _, fd := range p {
		if err := unix.SetNonblock(fd, true); err != nil {
			log.Fatal(err)
		}
	}
	return p[0], p[1]
}

// read asks for up to size bytes.
func read(fd, size int) {
	n, err := unix.Read(fd, make([]byte, size))
	fmt.Printf("read of up to %d: %d, %v\n", size, n, err)
}

// write offers size bytes.
func write(fd, size int) {
	n, err := unix.Write(fd, make([]byte, size))
	fmt.Printf("write of %d: %d, %v\n", size, n, err)
}
