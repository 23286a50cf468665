// Belief: no two senders have the same port.
//
// Senders are kept in a table by their port.
//
// Caught by: 40-same-port (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/netip"
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

	var peers [1 << 16]*net.UDPAddr // at most 64 Ki of them, forever
	buf := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		peer := peers[from.Port()]
		if peer == nil {
			from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
			peer = net.UDPAddrFromAddrPort(from)
			peers[from.Port()] = peer
		}
		if _, err := conn.WriteToUDP(buf[:n], peer); err != nil {
			log.Println(peer, err)
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
	for range 3 {
		if _, err := conn.Write([]byte(id + word)); err != nil {
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
