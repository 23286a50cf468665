//go:build unix

// Belief: the time for a port begins when its turn comes, whatever keeps its dial from starting.
//
// While there is no descriptor nothing is under way to the port, and yet its time runs out.
//
// Caught by: 35-waiting-is-free (output).
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
	known, err := s.run(ctx)
	for _, port := range slices.Sorted(maps.Keys(known)) {
		fmt.Println(port, known[port])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

// A scan says which ports of which host are dialled, and how.
type scan struct {
	host    netip.Addr
	ports   []int
	workers int // how many dials may be under way
	budget  budget
	timeout time.Duration // of each dial
}

// target reads the operands: a host that may be scanned, and a range of ports.
func (s *scan) target(args []string, mine bool) (err error) {
	if len(args) != 2 || s.workers < 1 || s.timeout <= 0 {
		return errors.New("two operands are needed, and flags above 0")
	}
	if s.host, err = netip.ParseAddr(args[0]); err != nil {
		return err
	}
	if !s.host.IsLoopback() && !mine {
		return fmt.Errorf("%v is not loopback: is -i-own-this true?", s.host)
	}
	first, last, _ := strings.Cut(args[1], "-")
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || from < 1 || from > to {
		return fmt.Errorf("%q is not a range such as 1-1024", args[1])
	}
	for port := int(from); port <= int(to); port++ {
		s.ports = append(s.ports, port)
	}
	return nil
}

// A result is what a worker found out about one port.
type result struct {
	port  int
	state string
	err   error // why nothing was found out
}

// run dials all ports and returns the states that became known. The error says
// why some did not.
func (s *scan) run(ctx context.Context) (map[int]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan int, len(s.ports))
	defer close(jobs)
	for _, port := range s.ports {
		jobs <- port
	}
	workers := min(s.workers, len(s.ports)) // more would find no port
	results := make(chan result, len(s.ports)+workers)
	for range workers {
		go s.work(ctx, jobs, results)
	}
	known := map[int]string{}
	for len(known) < len(s.ports) {
		r := <-results
		if r.err != nil {
			return known, r.err
		}
		known[r.port] = r.state
	}
	return known, nil
}

// A budget counts dials under way, and tells those who wait that one is over.
type budget struct {
	mu       sync.Mutex
	underWay int
	over     chan struct{} // closed, and made anew, at the end of a dial
}

// begin notes a dial and returns what is closed when another is over.
func (b *budget) begin() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over == nil {
		b.over = make(chan struct{})
	}
	b.underWay++
	return b.over
}

// failed takes a dial back that got no descriptor, and reports whether others
// are under way, or have ended since.
func (b *budget) failed(since <-chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay--
	return b.underWay > 0 || since != b.over
}

// end notes that a dial is over.
func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay--
	close(b.over)
	b.over = make(chan struct{})
}

// work dials ports from jobs, until there is none.
func (s *scan) work(ctx context.Context, jobs chan int, results chan result) {
	for port := range jobs {
		state, err := s.dial(ctx, netip.AddrPortFrom(s.host, uint16(port)))
		results <- result{port, state, err}
	}
}

// dial finds out the state of one port. While there is no descriptor, and other
// dials are under way, it waits for the end of one.
func (s *scan) dial(ctx context.Context, addr netip.AddrPort) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	for {
		over := s.budget.begin()
		state, err := try(ctx, addr)
		if !errors.Is(err, unix.EMFILE) {
			s.budget.end()
			return state, err
		}
		if !s.budget.failed(over) {
			return "", err
		}
		select {
		case <-over:
		case <-ctx.Done():
		}
	}
}

// try dials once, as long as ctx allows. An error tells something about this
// machine, and nothing about the port.
func try(ctx context.Context, addr netip.AddrPort) (string, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr.String())
	var failure net.Error
	switch {
	case err == nil:
		defer conn.Close()
		if conn.LocalAddr().String() == conn.RemoteAddr().String() {
			return "closed", nil // we met ourselves: no server listens there
		}
		return "open", nil
	case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EPIPE):
		return "open", nil // it was made, and reset before we looked
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.As(err, &failure) && failure.Timeout():
		return "filtered", nil
	}
	return "", err
}
