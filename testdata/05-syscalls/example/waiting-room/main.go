//go:build unix

// Waiting-room listens with a backlog of N, and accepts no client before Enter.
// Then it calls in those that wait, one more than N, and ends.
//
//	waiting-room N
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: waiting-room N")
	}
	n, err := strconv.Atoi(os.Args[1])
	check("number", err)

	room, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check("socket", err)
	check("bind", unix.Bind(room, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check("listen", unix.Listen(room, n))
	bound, err := unix.Getsockname(room)
	check("getsockname", err)
	fmt.Printf("listening on 127.0.0.1:%d\n", bound.(*unix.SockaddrInet4).Port)

	fmt.Scanln() // until Enter
	for i := range n + 1 {
		patient, _, err := unix.Accept(room)
		check("accept", err)
		words := make([]byte, 100)
		got, err := unix.Read(patient, words)
		fmt.Printf("number %d: read %d, error %v: %q\n", i+1, got, err, words[:max(got, 0)])
		unix.Write(patient, []byte("come in\n"))
		unix.Close(patient)
	}
}

// check ends the program if the call has failed.
func check(call string, err error) {
	if err != nil {
		log.SetFlags(0)
		log.Fatal("waiting-room: ", call, ": ", err)
	}
}
