package grade

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// tinyPrefix marks the first argument with which this test binary is not a
// test but one of the tiny programs under test.
const tinyPrefix = "tiny:"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if name, ok := strings.CutPrefix(os.Args[1], tinyPrefix); ok {
			tiny(name, os.Args[2:])
			os.Exit(0)
		}
	}
	flag.BoolVar(&full, "full", false, "build a copy of the course with the race detector, too")
	os.Setenv("LC_ALL", "C.UTF-8") // or reports are of ASCII letters, in a terminal that has no others
	os.Exit(m.Run())
}

// tinyClients are the tiny programs that are no servers, where there are any.
var tinyClients = map[string]func(args []string){}

// tiny is a server whose whole behaviour is in its name. Its arguments end in
// -listen ADDR; what stands before is its own.
func tiny(name string, args []string) {
	if client, ok := tinyClients[name]; ok {
		client(args)
		return
	}
	own, addr := args[0], args[len(args)-1]
	if udp, ok := strings.CutPrefix(name, "udp-"); ok {
		tinyUDP(udp, addr)
	}
	switch name {
	case "stub":
		fmt.Fprintln(os.Stderr, "not written yet")
		os.Exit(1)
	case "once-late", "once-late-then-shout":
		if c, err := net.Dial("tcp", own); err == nil {
			c.Close()
			name = "late"
		} else {
			name = strings.TrimPrefix(strings.TrimPrefix(name, "once-late"), "-then-")
		}
	}
	if name == "as-told" {
		if c, err := net.Dial("tcp", own); err == nil {
			told, _ := io.ReadAll(c)
			name = string(told)
		}
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if err != nil {
			os.Exit(1)
		}
		go tinyHandle(name, conn)
	}
}

// tinyHandlers are more of what a server may do with a connection.
var tinyHandlers = map[string]func(conn net.Conn){}

func tinyHandle(name string, conn net.Conn) {
	defer conn.Close()
	if handle, ok := tinyHandlers[name]; ok {
		handle(conn)
		return
	}
	switch name {
	case "shout":
		buf := make([]byte, 100)
		n, _ := conn.Read(buf)
		conn.Write(bytes.ToUpper(buf[:n]))
	case "slam":
		conn.(*net.TCPConn).SetLinger(0)
	case "panic":
		panic("a tiny program panics")
	case "moody": // reads, and never says a word
		io.Copy(io.Discard, conn)
		select {}
	case "late": // it has a timer, so nobody can prove that it is stuck
		time.Sleep(time.Hour)
	default:
		io.Copy(conn, conn)
	}
}
