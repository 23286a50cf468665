//go:build unix

// Each worker makes blocking sockets and calls connect(2) itself, in a thread of its own; the kernel watches the time
// (SO_SNDTIMEO in socket(7)). An interrupt leaves the workers where they are and prints.
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
	"reflect"
	"slices"
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

// A result is what a worker found out about one port.
type result struct {
	port  int
	state string
	err   error // why nothing was found out
}

// scan dials all ports, at most workers at the same time, and returns the state
// of those that became known. The error says why some did not.
func scan(ctx context.Context, host netip.Addr, ports []int, workers int, timeout time.Duration) (map[int]string,
	error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan int, len(ports)) // room for all: a port may come back
	results := make(chan result, len(ports)+workers)
	defer close(jobs)
	for _, port := range ports {
		jobs <- port
	}
	for range workers {
		go work(host, timeout, jobs, results)
	}
	known := map[int]string{}
	for len(known) < len(ports) {
		var r result
		select {
		case <-ctx.Done():
			return known, context.Cause(ctx)
		case r = <-results:
		}
		switch {
		case r.err == nil:
			known[r.port] = r.state
		case noDescriptor(r.err) && workers > 1:
			workers-- // the one that sent this result has ended
			jobs <- r.port
		default:
			return known, r.err
		}
	}
	return known, nil
}

// work dials one port after the other from jobs. It ends when there are no
// more, or when there is no descriptor for one more dial.
func work(host netip.Addr, timeout time.Duration, jobs <-chan int, results chan<- result) {
	for port := range jobs {
		state, err := dial(netip.AddrPortFrom(host, uint16(port)), timeout)
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
func dial(addr netip.AddrPort, timeout time.Duration) (string, error) {
	six := &unix.SockaddrInet6{Addr: addr.Addr().As16(), Port: int(addr.Port())}
	if zone, err := net.InterfaceByName(addr.Addr().Zone()); err == nil {
		six.ZoneId = uint32(zone.Index)
	}
	family, sa := unix.AF_INET6, unix.Sockaddr(six)
	if addr.Addr().Is4() {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	tv := unix.NsecToTimeval(int64(timeout))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &tv); err != nil {
		return "", err
	}
	err = unix.Connect(fd, sa)
	for err == unix.EINTR { // Go's own signals interrupt it, and the dial goes on
		err = unix.Connect(fd, sa)
	}
	switch err {
	case nil:
		return met(fd), nil
	case unix.ECONNREFUSED:
		return "closed", nil
	case unix.ECONNRESET, unix.EPIPE: // it was made, and reset before we looked
		return "open", nil
	case unix.EINPROGRESS, unix.EALREADY, unix.ETIMEDOUT: // the time of SO_SNDTIMEO is over, or the kernel's own
		return "filtered", nil
	default:
		return "", err
	}
}

// met says what a connection means: open, unless both its ends are one.
func met(fd int) string {
	us, err1 := unix.Getsockname(fd)
	them, err2 := unix.Getpeername(fd)
	if err1 == nil && err2 == nil && reflect.DeepEqual(us, them) {
		return "closed"
	}
	return "open"
}
