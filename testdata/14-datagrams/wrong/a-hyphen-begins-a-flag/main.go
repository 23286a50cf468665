// Belief: what begins with a hyphen is a flag.
//
// Flags may also come after ADDR.
//
// Caught by: 45-words-with-hyphens (exited).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	// Take flags wherever they stand.
	var args []string
	for flag.NArg() > 0 {
		args = append(args, flag.Arg(0))
		flag.CommandLine.Parse(flag.Args()[1:])
	}
	if code := echoUDP(*listen, *timeout, args); code != 0 {
		os.Exit(code)
	}
}

func echoUDP(listen string, timeout time.Duration, args []string) int {
	var err error
	if listen != "" && len(args) == 0 {
		err = serve(context.Background(), listen)
	} else if listen == "" && len(args) > 1 {
		err = ask(args[0], timeout, args[1:]...)
	} else {
		fmt.Fprintln(os.Stderr, "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD...")
		return 2
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, addr string) error {
	var lc net.ListenConfig
	conn, err := lc.ListenPacket(ctx, "udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	buf := make([]byte, 64*1024)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Print(err)
		}
	}
}

func ask(addr string, timeout time.Duration, words ...string) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, w := range words {
		id := fmt.Sprintf("%08x", rand.Uint32())
		a, err := try(conn, id, w, timeout, 3)
		if err != nil {
			return err
		}
		if _, err := fmt.Printf("%s\n", a); err != nil {
			return err
		}
	}
	return nil
}

// try asks, and then tries once less.
func try(conn net.Conn, id, word string, wait time.Duration, times int) ([]byte, error) {
	if times == 0 {
		return nil, errors.New("nobody answers")
	}
	if _, err := fmt.Fprintf(conn, "%s %s", id, word); err != nil {
		return nil, err
	}
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return nil, err
	}
	buf := make([]byte, 64*1024)
	for {
		n, err := conn.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return try(conn, id, word, wait, times-1)
		}
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(string(buf[:n]), id+" ") {
			return buf[len(id)+1 : n], nil
		}
	}
}
