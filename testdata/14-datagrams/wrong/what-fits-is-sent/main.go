// Belief: a part of a question is better than none.
//
// A question that is longer than a datagram is cut to fit.
//
// Caught by: 46-too-long (extra-bytes).
package main

import (
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

const usage = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = server(*listen)
	case *listen == "" && flag.NArg() >= 2:
		err = client(flag.Arg(0), flag.Args()[1:], *timeout)
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

func server(addr string) error {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	conn := pc.(*net.UDPConn)
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())

	buf := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteToUDPAddrPort(buf[:n], from); err != nil {
			log.Println(from, err)
		}
	}
}

func client(addr string, words []string, wait time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, word := range words {
		id := fmt.Sprintf("%08x ", rand.Uint32())
		answer, err := exchange(conn, id, word, wait)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

func exchange(conn net.Conn, id, word string, wait time.Duration) (string, error) {
	buf := make([]byte, 1<<16)
	question := []byte(id + word)
	question = question[:min(len(question), 65507)] // or EMSGSIZE
	for range 3 {
		if _, err := conn.Write(question); err != nil {
			return "", err
		}
		conn.SetReadDeadline(time.Now().Add(wait))
		for {
			n, err := conn.Read(buf)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return "", err
			}
			if s := string(buf[:n]); strings.HasPrefix(s, id) {
				return s[len(id):], nil
			}
		}
	}
	return "", errors.New("no answer")
}
