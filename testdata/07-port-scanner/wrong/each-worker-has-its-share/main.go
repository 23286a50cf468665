//go:build unix

// Belief: ports that are dealt out beforehand need no channel.
//
// A worker whose share is done ends, while others have silent ports left.
//
// Caught by: 37-wherever-they-are-silent (too-few).
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
	var out strings.Builder
	for _, port := range s.ports {
		if state := known[port]; state != "" {
			fmt.Fprintln(&out, port, state)
		}
	}
	if _, werr := os.Stdout.WriteString(out.String()); err == nil {
		err = werr
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

func (s *scan) target(args []string, mine bool) (err error) {
	switch {
	case len(args) != 2:
		return errors.New("a host and a range are needed")
	case s.workers <= 0:
		return errors.New("-workers must be above 0")
	case s.timeout <= 0:
		return errors.New("-timeout must be above 0")
	}
	if s.host, err = netip.ParseAddr(args[0]); err != nil {
		return err
	}
	if !mine && !s.host.IsLoopback() {
		return fmt.Errorf("%v is not loopback; -i-own-this claims it", s.host)
	}
	a, b, ok := strings.Cut(args[1], "-")
	from, err1 := strconv.ParseUint(a, 10, 16)
	to, err2 := strconv.ParseUint(b, 10, 16)
	if !ok || err1 != nil || err2 != nil || from == 0 || from > to {
		return fmt.Errorf("%q is no range of ports", args[1])
	}
	for p := int(from); p <= int(to); p++ {
		s.ports = append(s.ports, p)
	}
	return nil
}

// A pool is what all workers share.
type pool struct {
	mu      sync.Mutex
	wake    sync.Cond
	active  int  // dials under way
	ended   int  // dials that had a descriptor, and gave it back
	starved bool // no descriptor, until a dial ends
	known   map[int]string
	err     error
}

func (s *scan) run(ctx context.Context) (map[int]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &pool{known: map[int]string{}}
	p.wake.L = &p.mu
	var all sync.WaitGroup
	workers := min(s.workers, len(s.ports))
	shares := make([][]int, workers)
	for i, port := range s.ports {
		shares[i%workers] = append(shares[i%workers], port)
	}
	for _, share := range shares {
		all.Go(func() { s.work(ctx, cancel, p, share) })
	}
	all.Wait()
	return p.known, p.err
}

func (s *scan) work(ctx context.Context, cancel func(), p *pool, queue []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for p.err == nil && p.starved && len(queue) > 0 {
			p.wake.Wait()
		}
		if p.err != nil || len(queue) == 0 {
			return
		}
		port := queue[0]
		queue = queue[1:]
		p.active++
		before := p.ended
		p.mu.Unlock()
		state, err := s.dial(ctx, netip.AddrPortFrom(s.host, uint16(port)))
		p.mu.Lock()
		p.active--
		switch {
		case err == nil:
			p.known[port] = state
			p.ended++
			p.starved = false
		case errors.Is(err, unix.EMFILE) && p.err == nil && (p.active > 0 || p.ended != before):
			queue = slices.Insert(queue, 0, port)
			// If a dial has ended meanwhile its descriptor may be free again.
			p.starved = p.ended == before
		default:
			if p.err == nil {
				p.err = err
			}
			cancel()
		}
		p.wake.Broadcast()
	}
}

func (s *scan) dial(ctx context.Context, addr netip.AddrPort) (string, error) {
	d := net.Dialer{Timeout: s.timeout}
	conn, err := d.DialContext(ctx, "tcp", addr.String())
	if err == nil {
		defer conn.Close()
		if conn.LocalAddr().String() == conn.RemoteAddr().String() {
			return "closed", nil
		}
		return "open", nil
	}
	var ne net.Error
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EPIPE):
		return "open", nil // it was made; EPIPE: a FIN came, and then an RST
	case errors.As(err, &ne) && ne.Timeout():
		return "filtered", nil
	}
	return "", err
}
