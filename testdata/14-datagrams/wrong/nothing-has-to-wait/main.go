// Belief: a server that answers at once needs no queue.
//
// The server asks its kernel for a receive queue of 4 KiB. Sixteen datagrams that come together do not fit.
//
// Caught by: 08-all-at-once (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	var addr string
	var wait time.Duration
	flag.StringVar(&addr, "listen", "", "serve at this `address`")
	flag.DurationVar(&wait, "timeout", time.Second, "ask again after this")
	flag.Parse()
	args := flag.Args()
	if addr == "" && len(args) < 2 || addr != "" && len(args) > 0 {
		fmt.Fprintln(os.Stderr, "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD...")
		os.Exit(2)
	}
	err := error(nil)
	if addr != "" {
		err = echo(addr)
	} else {
		err = ask(args[0], args[1:], wait)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

func echo(addr string) error {
	at, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetReadBuffer(4 << 10); err != nil {
		log.Println(err)
	}
	fmt.Println("listening on", conn.LocalAddr())
	for buf := make([]byte, 65507); ; {
		n, peer, err := conn.ReadFromUDP(buf)
		if err != nil {
			return err
		}
		if _, err = conn.WriteToUDP(buf[:n], peer); err != nil {
			log.Println(err)
		}
	}
}

func ask(addr string, words []string, wait time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	start := uint32(time.Now().UnixNano())
	buf := make([]byte, 65507)
words:
	for i, word := range words {
		id := fmt.Sprintf("%08x ", start+uint32(i))
		for range 3 {
			if _, err := conn.Write([]byte(id + word)); err != nil {
				return err
			}
			conn.SetReadDeadline(time.Now().Add(wait))
			for {
				n, err := conn.Read(buf)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
				if err != nil {
					return err
				}
				if answer, ok := strings.CutPrefix(string(buf[:n]), id); ok {
					fmt.Println(answer)
					continue words
				}
			}
		}
		return fmt.Errorf("%q: no answer", word)
	}
	return nil
}
