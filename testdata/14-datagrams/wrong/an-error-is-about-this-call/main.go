//go:build linux

// Belief: the error of a WriteTo is about its own receiver.
//
// With IP_RECVERR an ICMP error, here of a client that has gone, is told by the next call for
// the socket: that is the reply to the next client of a batch, which has not been sent.
//
// Caught by: 09-vanished (silence).
package main

import (
	"errors"
	"flag"
	"fmt"
	"golang.org/x/sys/unix"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"
)

const usage = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."

const (
	tries       = 3
	maxDatagram = 65527 // over IPv6; over IPv4 it is 65,507
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = run(*listen)
	case *listen == "" && flag.NArg() >= 2:
		err = ask(flag.Arg(0), flag.Args()[1:], *timeout)
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		return err
	}
	// Ask for the errors that ICMP brings, so that they can be logged.
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVERR, 1)
		unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVERR, 1)
	})
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn)
}

const batch = 16

type datagram struct {
	room []byte
	n    int
	from unix.Sockaddr
}

// serve takes what waits, up to a batch, and then answers it: that is kinder to
// the socket's queue than to take turns.
func serve(conn net.PacketConn) error {
	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		return err
	}
	var all [batch]datagram
	for i := range all {
		all[i].room = make([]byte, maxDatagram+1)
	}
	for {
		count := 0
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			for count < batch {
				d := &all[count]
				d.n, d.from, err = unix.Recvfrom(int(fd), d.room, 0)
				switch err {
				case nil:
					count++
				case unix.EAGAIN:
					return count > 0
				case unix.EINTR:
				case unix.ECONNREFUSED, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EMSGSIZE:
					log.Println("a client is gone:", err)
				default:
					failed = err
					return true
				}
			}
			return true
		})
		if err != nil {
			return err
		}
		for i := range all[:count] {
			d := &all[i]
			err := raw.Write(func(fd uintptr) bool {
				err := unix.Sendto(int(fd), d.room[:d.n], 0, d.from)
				if err == unix.EAGAIN {
					return false
				}
				if err != nil {
					log.Println("a client is gone:", err)
				}
				return true
			})
			if err != nil {
				return err
			}
		}
		if failed != nil {
			return failed
		}
	}
}

func ask(addr string, words []string, timeout time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, word := range words {
		answer, err := question(conn, word, timeout)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

func question(conn net.Conn, word string, wait time.Duration) (string, error) {
	id := fmt.Sprintf("%08x ", rand.Uint32())
	for range tries {
		if _, err := conn.Write([]byte(id + word)); err != nil {
			return "", err
		}
		answer, err := await(conn, id, wait)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return answer, err
		}
	}
	return "", fmt.Errorf("no answer to %.40q", word)
}

func await(conn net.Conn, id string, wait time.Duration) (string, error) {
	conn.SetReadDeadline(time.Now().Add(wait))
	buf := make([]byte, maxDatagram+1)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return "", err
		}
		if answer, ok := strings.CutPrefix(string(buf[:n]), id); ok {
			return answer, nil
		}
	}
}
