//go:build unix

// Belief: a result is best printed as soon as it is there.
//
// The lines are in the order in which the network happened to answer.
//
// Caught by: 07-in-order (output).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	timeout := flag.Duration("timeout", 200*time.Millisecond, "how long one dial may take")
	workers := flag.Int("workers", 100, "how many dials may be under way at once")
	mine := flag.Bool("i-own-this", false, "scan a host that is not this machine")
	flag.Usage = usage
	flag.Parse()
	host, ports, err := target(flag.Args(), *mine)
	if err == nil && (*workers < 1 || *timeout <= 0) {
		err = errors.New("-workers and -timeout must be more than 0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := scan(ctx, host, ports, *workers, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: scan [-timeout 200ms] [-workers 100] [-i-own-this] HOST FROM-TO")
}

// target reads the operands: a host that may be scanned, and a range of ports.
func target(args []string, mine bool) (host netip.Addr, ports []int, err error) {
	if len(args) != 2 {
		return host, nil, errors.New("HOST and FROM-TO are needed, after the flags")
	}
	host, err = netip.ParseAddr(args[0])
	if err != nil {
		return host, nil, err
	}
	if !host.IsLoopback() && !mine {
		return host, nil, fmt.Errorf("%v is not a loopback address; only with -i-own-this", host)
	}
	first, last, _ := strings.Cut(args[1], "-")
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || from < 1 || from > to {
		return host, nil, fmt.Errorf("%q is not a range of ports such as 1-1024", args[1])
	}
	for port := int(from); port <= int(to); port++ {
		ports = append(ports, port)
	}
	return host, ports, nil
}

// A result is what a worker found out about one port.
type result struct {
	port  int
	state string
	err   error // why nothing was found out
}

// scan dials all ports, at most workers at the same time, and prints the state
// of each. The error says why some could not be found out.
func scan(ctx context.Context, host netip.Addr, ports []int, workers int, timeout time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan int, len(ports)) // room for all: a port may come back
	results := make(chan result, len(ports)+workers)
	defer close(jobs)
	for _, port := range ports {
		jobs <- port
	}
	for range workers {
		go work(ctx, host, timeout, jobs, results)
	}
	for left := len(ports); left > 0; {
		r := <-results
		switch {
		case r.err == nil:
			fmt.Println(r.port, r.state)
			left--
		case noDescriptor(r.err) && workers > 1:
			workers-- // the one that sent this result has ended
			jobs <- r.port
		default:
			return r.err
		}
	}
	return nil
}

// work dials one port after the other from jobs. It ends when there are no
// more, or when there is no descriptor for one more dial.
func work(ctx context.Context, host netip.Addr, timeout time.Duration, jobs <-chan int, results chan<- result) {
	for port := range jobs {
		state, err := dial(ctx, netip.AddrPortFrom(host, uint16(port)), timeout)
		results <- result{port, state, err}
		if noDescriptor(err) {
			return
		}
	}
}

// noDescriptor reports whether a dial failed because this process, or this
// machine, has as many files and sockets open as it may.
func noDescriptor(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE)
}

// dial finds out the state of one port.
func dial(ctx context.Context, addr netip.AddrPort, timeout time.Duration) (string, error) {
	d := net.Dialer{Timeout: timeout}
	conn, err := d.DialContext(ctx, "tcp", addr.String())
	if err == nil {
		defer conn.Close()
		if conn.LocalAddr().String() == conn.RemoteAddr().String() {
			return "closed", nil // we have met ourselves
		}
		return "open", nil
	}
	var failure net.Error
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EPIPE):
		return "open", nil // it was made, and reset before we looked
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.As(err, &failure) && failure.Timeout():
		return "filtered", nil
	}
	return "", err
}
