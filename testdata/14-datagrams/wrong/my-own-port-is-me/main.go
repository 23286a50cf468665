// Belief: a datagram from the server's port was sent by the server.
//
// To be safe from loops the server answers no client whose port is its own, at any address.
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
	"os"
	"strings"
	"time"
)

const (
	usage       = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."
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
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn)
}

func serve(conn net.PacketConn) error {
	own := conn.LocalAddr().(*net.UDPAddr)
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if peer.(*net.UDPAddr).Port == own.Port {
			continue // from ourselves: it would go round forever
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Println(peer, err)
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
	return "", fmt.Errorf("no answer after %d tries", tries)
}

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
