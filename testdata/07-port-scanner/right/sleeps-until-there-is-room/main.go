//go:build unix

// A goroutine for each port, and a channel as the semaphore that it must pass.
// When there is no descriptor it sleeps for a moment and dials again, as long as another dial is under way.
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
	"sync/atomic"
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
	known, err := scan(ctx, host, ports, *workers, *timeout)
	for _, port := range slices.Sorted(maps.Keys(known)) {
		if _, lost := fmt.Println(port, known[port]); lost != nil {
			err = lost // not every known port has its line
		}
	}
	if err != nil {
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

// scan dials all ports, at most workers at the same time, and returns the state
// of those that became known. The error says why some did not.
func scan(ctx context.Context, host netip.Addr, ports []int, workers int, timeout time.Duration) (map[int]string,
	error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	room := make(chan struct{}, workers)
	var mu sync.Mutex // guards known
	known := map[int]string{}
	var wg sync.WaitGroup
	for _, port := range ports {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			state, err := patient(ctx, netip.AddrPortFrom(host, uint16(port)), timeout)
			if err != nil {
				cancel(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			known[port] = state
		})
	}
	wg.Wait()
	return known, context.Cause(ctx)
}

// underWay is how many dials have a descriptor, or try to get one; ended is how many have given theirs back.
var underWay, ended atomic.Int32

// patient dials until there is a descriptor for it, as long as one may come.
func patient(ctx context.Context, addr netip.AddrPort, timeout time.Duration) (string, error) {
	for {
		before := ended.Load()
		underWay.Add(1)
		state, err := dial(ctx, addr, timeout)
		others := underWay.Add(-1)
		if !noDescriptor(err) {
			ended.Add(1)
			return state, err
		}
		if others == 0 && ended.Load() == before {
			return "", err // what could give a descriptor back?
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return "", context.Cause(ctx)
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
