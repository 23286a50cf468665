// Belief: without words there is nothing to ask, and nothing that could fail.
//
// If you forget the words you see success, and no answer.
//
// Caught by: 24-usage (exit-status).
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
	maxDatagram = 65507
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = run(*listen)
	case *listen == "" && flag.NArg() >= 1:
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

// run serves at addr.
func run(addr string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn)
}

// serve sends every datagram back to its sender.
func serve(conn net.PacketConn) error {
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Println(peer, err) // the next datagram is somebody else's
		}
	}
}

// ask asks the server at addr for each word and prints the answers.
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

// question asks for one word, up to three times, and returns the answer.
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

// await waits for the answer to the question with this id, and passes over all
// other datagrams.
func await(conn net.Conn, id string, wait time.Duration) (string, error) {
	buf := make([]byte, maxDatagram)
	conn.SetReadDeadline(time.Now().Add(wait))
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
