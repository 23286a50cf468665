// Four goroutines read from the one socket, each
// with a buffer of its own that is larger than needed. (Two datagrams of one
// sender may so be answered in either order, which UDP never promised anyway.)
// The client has a reader goroutine, a channel and a timer instead of deadlines.
package main

import (
	"bytes"
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = serve(*listen)
	case *listen == "" && flag.NArg() >= 2:
		err = ask(flag.Arg(0), flag.Args()[1:], *timeout)
	default:
		fmt.Fprintln(os.Stderr, "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD...")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer pc.Close()
	conn := pc.(*net.UDPConn)
	fmt.Println("listening on", conn.LocalAddr())
	failed := make(chan error)
	for range 4 {
		go func() {
			buf := make([]byte, 128<<10)
			for {
				n, from, err := conn.ReadFromUDPAddrPort(buf)
				if err != nil {
					failed <- err
					return
				}
				if _, err := conn.WriteToUDPAddrPort(buf[:n], from); err != nil {
					slog.Warn("no reply", "to", from, "err", err)
				}
			}
		}()
	}
	return <-failed
}

type event struct {
	data []byte
	err  error
}

func ask(addr string, words []string, wait time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	events := make(chan event, 16)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			buf := make([]byte, 64<<10)
			n, err := conn.Read(buf)
			select {
			case events <- event{buf[:n], err}:
			case <-done:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	for _, word := range words {
		id := rand.Text() + " "
		answer, err := question(conn, events, []byte(id), word, wait)
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func question(conn net.Conn, events <-chan event, id []byte, word string, wait time.Duration) ([]byte, error) {
	for range 3 {
		timer := time.NewTimer(wait)
		if _, err := conn.Write(append(id[:len(id):len(id)], word...)); err != nil {
			return nil, err
		}
		for waiting := true; waiting; {
			select {
			case <-timer.C:
				waiting = false
			case e := <-events:
				if e.err != nil {
					return nil, e.err
				}
				if answer, ok := bytes.CutPrefix(e.data, id); ok {
					return answer, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("no answer to %q", word)
}
