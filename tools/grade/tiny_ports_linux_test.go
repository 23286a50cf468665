package grade

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"
)

// The tiny programs that dial, and that print what others would have found out.
func init() {
	tinyClients["say"] = func(args []string) {
		for _, line := range args[1:] {
			fmt.Println(strings.ReplaceAll(line, ",", " "))
		}
	}
	tinyClients["knock"] = func(args []string) { knock(args[1], args[2:]) }
	tinyClients["limit"] = func([]string) {
		var l unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
			fmt.Println(err)
		}
		fmt.Println(l.Cur, l.Max)
	}
	tinyClients["signals"] = func([]string) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt, unix.SIGTERM)
		fmt.Println("ready")
		fmt.Println(<-c)
	}
}

// knock dials every port of a host at the same time, never gives up, and does
// what its name says with a connection.
func knock(how string, args []string) {
	for _, port := range args[1:] {
		go func() {
			c, err := net.Dial("tcp", net.JoinHostPort(args[0], port))
			switch {
			case err != nil:
			case how == "close":
				c.Close()
			case how == "reset":
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			case how == "speak":
				fmt.Fprint(c, "hello")
				c.Close()
			}
		}()
	}
	select {} // not a deadlock: package net has started its poller
}
