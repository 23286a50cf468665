//go:build unix

// Belief: a port is a number of 16 bits, so a uint16 can count ports.
//
// It can hold every port. It cannot hold the number after the last one, at which the loop should end.
//
// Caught by: 09-the-last-port (busy-loop).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	timeout := flag.Duration("timeout", 200*time.Millisecond, "how long one dial may take")
	workers := flag.Int("workers", 100, "how many dials may be under way at once")
	mine := flag.Bool("i-own-this", false, "scan a host that is not this machine")
	flag.Usage = usage
	flag.Parse()
	host, from, to, err := target(flag.Args(), *mine)
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
	known, err := scan(ctx, host, from, to, *workers, *timeout)
	for _, port := range slices.Sorted(maps.Keys(known)) {
		fmt.Println(port, known[port])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: scan [-timeout 200ms] [-workers 100] [-i-own-this] HOST FROM-TO")
}

// target reads the operands: a host that may be scanned, and the first and the last port.
func target(args []string, mine bool) (host netip.Addr, from, to uint16, err error) {
	if len(args) != 2 {
		return host, 0, 0, errors.New("HOST and FROM-TO are needed, after the flags")
	}
	host, err = netip.ParseAddr(args[0])
	if err != nil {
		return host, 0, 0, err
	}
	if !host.IsLoopback() && !mine {
		return host, 0, 0, fmt.Errorf("%v is not a loopback address; only with -i-own-this", host)
	}
	first, last, _ := strings.Cut(args[1], "-")
	low, err1 := strconv.ParseUint(first, 10, 16)
	high, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || low < 1 || low > high {
		return host, 0, 0, fmt.Errorf("%q is not a range of ports such as 1-1024", args[1])
	}
	return host, uint16(low), uint16(high), nil
}

// scan dials all ports, at most workers at the same time, and returns the state
// of those that became known. The error says why some did not.
func scan(ctx context.Context, host netip.Addr, from, to uint16, workers int, timeout time.Duration) (map[int]string,
	error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan uint16)
	var mu sync.Mutex // guards known
	known := map[int]string{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for port := range jobs {
				state, err := dial(ctx, netip.AddrPortFrom(host, port), timeout)
				if err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				known[int(port)] = state
				mu.Unlock()
			}
		})
	}
	for port := from; port <= to && ctx.Err() == nil; port++ {
		jobs <- port
	}
	close(jobs)
	wg.Wait()
	return known, context.Cause(ctx)
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
