//go:build unix

// Another design: no pool. One goroutine keeps the books and starts another one for each dial, from the highest port
// down. When descriptors run out it has as many dials under way as there was room for, and tries one more after each.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

var (
	timeout = flag.Duration("timeout", 200*time.Millisecond, "per dial")
	most    = flag.Int("workers", 100, "most dials at the same time")
	mine    = flag.Bool("i-own-this", false, "scan a host that is not loopback")
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO")
	}
	flag.Parse()
	host, from, to, ok := operands(flag.Args())
	if !ok || *timeout <= 0 || *most <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)

	states := make([]string, to+1)
	err := scan(states, host, from, to, interrupt)
	var out bytes.Buffer
	for port, state := range states {
		if state != "" {
			fmt.Fprintln(&out, port, state)
		}
	}
	if _, lost := os.Stdout.Write(out.Bytes()); lost != nil {
		err = lost
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

var rangeOfPorts = regexp.MustCompile(`^([0-9]+)-([0-9]+)$`)

// operands reads HOST and FROM-TO.
func operands(args []string) (host netip.Addr, from, to int, ok bool) {
	if len(args) != 2 {
		return
	}
	host, err := netip.ParseAddr(args[0])
	m := rangeOfPorts.FindStringSubmatch(args[1])
	if err != nil || m == nil || !host.IsLoopback() && !*mine {
		return
	}
	from, err1 := strconv.Atoi(m[1])
	to, err2 := strconv.Atoi(m[2])
	ok = err1 == nil && err2 == nil && 1 <= from && from <= to && to <= 65535
	return host, from, to, ok
}

// An answer is what one dial has found out.
type answer struct {
	port  int
	state string
	err   error
	began int // how many dials had ended when this one began
}

// scan fills in the states.
func scan(states []string, host netip.Addr, from, to int, interrupt <-chan os.Signal) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var (
		answers = make(chan answer)
		again   []int // ports for which there was no descriptor
		next    = to
		busy    = 0     // goroutines that dial
		limit   = *most // for busy: less when there are few descriptors
		ended   = 0     // dials that had a descriptor and gave it back
		failed  error
	)
	for {
		for failed == nil && busy < limit && (len(again) > 0 || next >= from) {
			var port int
			if n := len(again); n > 0 {
				port, again = again[n-1], again[:n-1]
			} else {
				port = next
				next--
			}
			busy++
			go func(began int) {
				state, err := ask(ctx, netip.AddrPortFrom(host, uint16(port)))
				answers <- answer{port, state, err, began}
			}(ended)
		}
		if busy == 0 {
			return failed
		}
		select {
		case a := <-answers:
			busy--
			switch {
			case a.err == nil:
				states[a.port] = a.state
				ended++
				limit = min(limit+1, *most)
			case errors.Is(a.err, unix.EMFILE) && (busy > 0 || ended > a.began):
				again = append(again, a.port)
				limit = max(busy, 1)
			case failed == nil:
				failed = a.err
				cancel()
			}
		case <-interrupt:
			if failed == nil {
				failed = errors.New("interrupted")
				cancel()
			}
		}
	}
}

// ask finds out the state of one port.
func ask(ctx context.Context, addr netip.AddrPort) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
	if err == nil {
		self := conn.LocalAddr().String() == conn.RemoteAddr().String()
		conn.Close()
		if self {
			return "closed", nil
		}
		return "open", nil
	}
	var number unix.Errno
	if errors.As(err, &number) {
		switch number {
		case unix.ECONNREFUSED:
			return "closed", nil
		case unix.ECONNRESET, unix.EPIPE:
			return "open", nil
		}
	}
	if late, ok := err.(net.Error); ok && late.Timeout() {
		return "filtered", nil
	}
	return "", err
}
