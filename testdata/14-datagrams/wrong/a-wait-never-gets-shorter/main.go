// This client never waits less than before: its next question begins with the
// length that the last one ended with.
//
// Caught by: 58-waits-that-double (wait).
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
	double := flag.Bool("double", false, "wait twice as long before each further try")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0 && !*double:
		err = run(*listen)
	case *listen == "" && flag.NArg() >= 2:
		w := waits{first: *timeout, factor: 1}
		if *double {
			w.factor = 2
		}
		err = ask(flag.Arg(0), flag.Args()[1:], w)
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
			log.Println(peer, err) // the next datagram is another sender's
		}
	}
}

// waits says how long a question waits: the first time, and from then on this
// many times as long as the time before.
type waits struct {
	first  time.Duration
	factor time.Duration
}

// ask asks the server at addr for each word and prints the answers.
func ask(addr string, words []string, w waits) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, word := range words {
		answer, err := question(conn, word, &w)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

// question asks for one word, up to three times, and returns the answer.
func question(conn net.Conn, word string, w *waits) (string, error) {
	id := fmt.Sprintf("%08x ", rand.Uint32())
	for range tries {
		if _, err := conn.Write([]byte(id + word)); err != nil {
			return "", err
		}
		answer, err := await(conn, id, w.first)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return answer, err
		}
		w.first *= w.factor
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
