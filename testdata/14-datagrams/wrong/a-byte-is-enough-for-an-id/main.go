// Belief: nobody asks 256 questions.
//
// The id is a counter of one byte.
//
// Caught by: 43-three-hundred (wrong-bytes).
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
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
	buf := make([]byte, 65535)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Println(peer, err)
		}
	}
}

// An asker asks over one socket.
type asker struct {
	conn net.Conn
	wait time.Duration
	seq  uint8
	buf  [65535]byte
}

func ask(addr string, words []string, wait time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	a := &asker{conn: conn, wait: wait}
	for _, word := range words {
		answer, err := a.question(word)
		if err != nil {
			return err
		}
		os.Stdout.Write(append(bytes.Clone(answer), 10))
	}
	return nil
}

func (a *asker) question(word string) ([]byte, error) {
	a.seq++
	mark := fmt.Appendf(nil, "%02x ", a.seq)
	datagram := append(bytes.Clone(mark), word...)
	for try := 1; try <= 3; try++ {
		if _, err := a.conn.Write(datagram); err != nil {
			return nil, err
		}
		a.conn.SetReadDeadline(time.Now().Add(a.wait))
		for {
			n, err := a.conn.Read(a.buf[:])
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			} else if err != nil {
				return nil, err
			}
			if answer, ok := bytes.CutPrefix(a.buf[:n], mark); ok {
				return answer, nil
			}
		}
	}
	return nil, errors.New("no answer, and three times asked")
}
