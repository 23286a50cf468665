// A goroutine reads for the client, and a select waits for it or for a timer. The
// server hears of clients that are gone, logs it and goes on.
package main

import (
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
	maxDatagram = 65527
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
	in := make(chan received)
	go read(conn, in)
	for _, word := range words {
		answer, err := question(conn, in, word, timeout)
		if err != nil {
			return err
		}
		os.Stdout.WriteString(answer + "\n")
	}
	return nil
}

// received is what one Read returned.
type received struct {
	text string
	err  error
}

// read hands on every datagram, until an error.
func read(conn net.Conn, in chan<- received) {
	buf := make([]byte, maxDatagram)
	for {
		n, err := conn.Read(buf)
		in <- received{string(buf[:n]), err}
		if err != nil {
			return
		}
	}
}

// question asks for one word, up to three times, and returns the answer.
func question(conn net.Conn, in <-chan received, word string, wait time.Duration) (string, error) {
	id := fmt.Sprintf("%08x ", rand.Uint32())
	for range tries {
		if _, err := conn.Write([]byte(id + word)); err != nil {
			return "", err
		}
		answer, again, err := await(in, id, time.After(wait))
		if !again {
			return answer, err
		}
	}
	return "", fmt.Errorf("no answer after %d tries", tries)
}

// await waits for the answer, or for the time to ask again.
func await(in <-chan received, id string, over <-chan time.Time) (answer string, again bool, err error) {
	for {
		select {
		case r := <-in:
			if r.err != nil {
				return "", false, r.err
			}
			if answer, ok := strings.CutPrefix(r.text, id); ok {
				return answer, false, nil
			}
		case <-over:
			return "", true, nil
		}
	}
}
