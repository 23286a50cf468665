// This counter knows a question by its id alone. Two clients may well choose the
// same one, and the second gets the answer of the first.
//
// Caught by: 56-once-for-each-id (wrong-bytes).
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
	count := flag.Bool("count", false, "answer with how many questions have come")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = run(*listen, *count)
	case *listen == "" && !*count && flag.NArg() >= 2:
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
func run(addr string, count bool) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	answer := echo
	if count {
		answer = new(counter).answer
	}
	return serve(conn, answer)
}

// An answer returns what peer gets for a datagram, false when it gets nothing.
type answer func(peer net.Addr, datagram []byte) ([]byte, bool)

func echo(_ net.Addr, datagram []byte) ([]byte, bool) { return datagram, true }

// remembered is how many questions a counter remembers at the least, and half
// of how many it remembers at the most.
const remembered = 1024

// A counter acts once for each question: the try that comes again gets the
// answer of the first.
type counter struct {
	n             int
	recent, older map[question]string
}

type question struct{ peer, id string }

func (c *counter) answer(_ net.Addr, datagram []byte) ([]byte, bool) {
	id, _, ok := strings.Cut(string(datagram), " ")
	if !ok {
		return nil, false
	}
	q := question{id: id}
	if said, known := c.recent[q]; known {
		return []byte(said), true
	}
	said, known := c.older[q]
	if !known {
		c.n++
		said = fmt.Sprintf("%s %d", id, c.n)
	}
	if c.recent == nil || len(c.recent) == remembered {
		c.recent, c.older = map[question]string{}, c.recent
	}
	c.recent[q] = said
	return []byte(said), true
}

// serve sends the answer to every datagram to its sender.
func serve(conn net.PacketConn, answer answer) error {
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		reply, ok := answer(peer, buf[:n])
		if !ok {
			continue
		}
		if _, err := conn.WriteTo(reply, peer); err != nil {
			log.Println(peer, err) // the next datagram is another sender's
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
		answer, err := inquire(conn, word, timeout)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

// inquire asks for one word, up to three times, and returns the answer.
func inquire(conn net.Conn, word string, wait time.Duration) (string, error) {
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
