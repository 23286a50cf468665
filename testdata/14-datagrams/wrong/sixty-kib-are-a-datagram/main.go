// Belief: no datagram has more than 60 KiB.
//
// The client's buffer has 61,440 bytes.
//
// Caught by: 47-every-size (output).
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
	switch n := flag.NArg(); {
	case *listen != "" && n == 0:
		die(serve(*listen))
	case *listen == "" && n >= 2:
		die(ask(flag.Arg(0), flag.Args()[1:], *timeout))
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
}

func die(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	b := make([]byte, 65507)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return err
		}
		if _, err = conn.WriteTo(b[:n], from); err != nil {
			log.Println(from, err)
		}
	}
}

func ask(addr string, words []string, d time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	b := make([]byte, 60<<10)
	for _, word := range words {
		id := fmt.Sprintf("%08x", rand.Uint32())
		answer, err := func() (string, error) {
			for range 3 {
				if _, err := conn.Write([]byte(id + " " + word)); err != nil {
					return "", err
				}
				conn.SetReadDeadline(time.Now().Add(d))
				n, err := conn.Read(b)
				for ; err == nil; n, err = conn.Read(b) {
					if got, answer, ok := strings.Cut(string(b[:n]), " "); ok && got == id {
						return answer, nil
					}
				}
				if !errors.Is(err, os.ErrDeadlineExceeded) {
					return "", err
				}
			}
			return "", errors.New("no answer")
		}()
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}
