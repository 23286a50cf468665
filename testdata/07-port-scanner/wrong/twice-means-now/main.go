//go:build unix

// Belief: a second Ctrl-C means that I am in a hurry.
//
// The first one gives SIGINT its usual effect back, and the next one ends the program while it prints.
//
// Caught by: 39-a-second-sigint (exited).
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
	"time"

	"golang.org/x/sys/unix"
)

const usage = "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO"

func main() {
	var s scan
	flag.DurationVar(&s.timeout, "timeout", 200*time.Millisecond, "per dial")
	flag.IntVar(&s.workers, "workers", 100, "most dials at the same time")
	mine := flag.Bool("i-own-this", false, "scan a host that is not loopback")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	flag.Parse()
	if err := s.target(flag.Args(), *mine); err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends a program that hangs
	known, err := s.run(ctx)
	for _, port := range slices.Sorted(maps.Keys(known)) {
		fmt.Println(port, known[port])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

type scan struct {
	host    netip.Addr
	ports   []int
	workers int
	timeout time.Duration
}

func port(digits string) (int, error) {
	n, err := strconv.ParseUint(digits, 10, 16)
	if err == nil && n == 0 {
		err = errors.New("0 is no port")
	}
	return int(n), err
}

func (s *scan) target(args []string, mine bool) error {
	if len(args) != 2 {
		return fmt.Errorf("%d operands", len(args))
	}
	if s.workers < 1 || s.timeout <= 0 {
		return errors.New("flags must be above 0")
	}
	host, err := netip.ParseAddr(args[0])
	if err != nil {
		return err
	}
	if !host.IsLoopback() && !mine {
		return fmt.Errorf("%s may belong to somebody else", host)
	}
	s.host = host
	bounds := strings.Split(args[1], "-")
	if len(bounds) != 2 {
		return fmt.Errorf("%q: one hyphen is needed", args[1])
	}
	from, err1 := port(bounds[0])
	to, err2 := port(bounds[1])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if from > to {
		return fmt.Errorf("%d is above %d", from, to)
	}
	s.ports = make([]int, 0, to-from+1)
	for p := from; p <= to; p++ {
		s.ports = append(s.ports, p)
	}
	return nil
}

type result struct {
	port  int
	state string
	err   error
	since int // how many dials had ended when this one began
}

func (s *scan) run(ctx context.Context) (map[int]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		known   = make(map[int]string, len(s.ports))
		results = make(chan result)
		queue   = slices.Clone(s.ports)
		active  int
		ended   int
		starved bool
		failure error
	)
	for len(known) < len(s.ports) {
		for failure == nil && !starved && active < s.workers && len(queue) > 0 {
			job := result{port: queue[0], since: ended}
			queue = queue[1:]
			active++
			go func() {
				job.state, job.err = s.dial(ctx, netip.AddrPortFrom(s.host, uint16(job.port)))
				results <- job
			}()
		}
		if active == 0 {
			break // only after a failure
		}
		r := <-results
		active--
		switch {
		case r.err == nil:
			known[r.port] = r.state
			ended++
			starved = false
		case failure != nil:
			// it has been told to end
		case errors.Is(r.err, unix.EMFILE) && r.since != ended:
			queue = append(queue, r.port) // one has come back since it asked
		case errors.Is(r.err, unix.EMFILE) && active > 0:
			queue = append(queue, r.port)
			starved = true
		default:
			failure = r.err
			cancel()
		}
	}
	return known, failure
}

func (s *scan) dial(ctx context.Context, addr netip.AddrPort) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(limited, "tcp", addr.String())
	if err == nil {
		self := conn.LocalAddr().String() == conn.RemoteAddr().String()
		conn.Close()
		if self {
			return "closed", nil
		}
		return "open", nil
	}
	for _, known := range []struct {
		errno unix.Errno
		state string
	}{
		{unix.ECONNREFUSED, "closed"},
		{unix.ECONNRESET, "open"},
		{unix.EPIPE, "open"},
		{unix.ETIMEDOUT, "filtered"},
	} {
		if errors.Is(err, known.errno) {
			return known.state, nil
		}
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return "filtered", nil
	}
	return "", err
}
