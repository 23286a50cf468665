//go:build linux

// Hand hands a file to a server on a Unix socket, with a line of text, and
// prints the line that comes back.
//
//	hand PATH LINE FILE
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: hand PATH LINE FILE")
		os.Exit(2)
	}
	agent, err := net.Dial("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	file, err := os.Open(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	line := []byte(os.Args[2] + "\n")
	if _, _, err := agent.(*net.UnixConn).WriteMsgUnix(line, unix.UnixRights(int(file.Fd())), nil); err != nil {
		log.Fatal(err)
	}
	reply, err := bufio.NewReader(agent).ReadString('\n')
	fmt.Print(reply)
	if err != nil {
		log.Fatal(err)
	}
}
