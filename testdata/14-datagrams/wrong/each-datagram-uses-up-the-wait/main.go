// Belief: what is left of the wait is what was left, less the time since the question.
//
// That holds for the first datagram that is not an answer. At the second the time before the first is taken off again.
//
// Caught by: 26-noise (wait).
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

// run opens a UDP socket at addr, prints "listening on" and the socket's own
// address, and serves. It returns the error that ended it.
func run(addr string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn)
}

// serve sends every datagram back to its sender, and logs an error that is
// about one of them. It returns the error of reading conn that ended it.
func serve(conn net.PacketConn) error {
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Println(peer, err) // the next datagram is another's
		}
	}
}

// ask asks the server at addr for each word in turn, and prints each answer
// with a newline. At the first error it returns it, and asks no more.
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

// question asks for one word, under an id of its own, up to three times, and
// waits for the answer after each. It returns the answer, or the first error of
// conn, or, after the third wait, one that says that there was no answer.
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
	return "", fmt.Errorf("no answer after %d tries", tries)
}

// await returns what follows id, which ends with a space, in the first datagram
// that begins with it. After wait, counted from the call, the error is
// os.ErrDeadlineExceeded, wrapped; any other error ends the wait at once.
func await(conn net.Conn, id string, wait time.Duration) (string, error) {
	buf := make([]byte, maxDatagram)
	start, left := time.Now(), wait
	for {
		conn.SetReadDeadline(time.Now().Add(left))
		n, err := conn.Read(buf)
		if err != nil {
			return "", err
		}
		if answer, ok := strings.CutPrefix(string(buf[:n]), id); ok {
			return answer, nil
		}
		left -= time.Since(start) // this one has used up a part of the wait
	}
}
