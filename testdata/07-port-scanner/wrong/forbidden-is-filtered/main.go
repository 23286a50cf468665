//go:build unix

// Belief: an address that cannot be dialled is filtered.
//
// No SYN has left: EADDRNOTAVAIL, EACCES and EPERM are about this machine.
//
// Caught by: 40-no-address (exit-status).
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
	os.Exit(s.report())
}

func (s *scan) report() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt) // until the process is over
	go func() {
		<-interrupts
		cancel(errors.New("interrupted"))
	}()
	states, err := s.run(ctx, cancel)
	var out bytes.Buffer
	for i, state := range states {
		if state != "" {
			fmt.Fprintf(&out, "%d %s\n", s.first+i, state)
		}
	}
	_, werr := out.WriteTo(os.Stdout)
	if err == nil {
		err = werr
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		return 1
	}
	return 0
}

type scan struct {
	host    netip.Addr
	first   int // the lowest port
	count   int // how many ports
	workers int
	timeout time.Duration
}

func (s *scan) target(args []string, mine bool) error {
	if len(args) != 2 || s.workers < 1 || s.timeout <= 0 {
		return errors.New("HOST and FROM-TO are needed, and flags above 0")
	}
	host, err := netip.ParseAddr(args[0])
	if err != nil {
		return err
	}
	if !mine && !host.IsLoopback() {
		return fmt.Errorf("%v is not a loopback address", host)
	}
	i := strings.IndexByte(args[1], '-')
	if i < 0 {
		return errors.New("a range has a hyphen")
	}
	from, err := strconv.ParseUint(args[1][:i], 10, 16)
	if err != nil {
		return err
	}
	to, err := strconv.ParseUint(args[1][i+1:], 10, 16)
	if err != nil {
		return err
	}
	if from < 1 || to < from {
		return fmt.Errorf("%d-%d is no range of ports", from, to)
	}
	s.host, s.first, s.count = host, int(from), int(to-from)+1
	return nil
}

// A desk hands out ports and descriptors' hopes.
type desk struct {
	sync.Mutex
	next   int           // the first port nobody has
	busy   int           // dials under way
	change chan struct{} // closed when the next dial gives its descriptor back
	epoch  int           // how many have
}

func (s *scan) run(ctx context.Context, cancel context.CancelCauseFunc) ([]string, error) {
	states := make([]string, s.count)
	d := &desk{change: make(chan struct{})}
	var all sync.WaitGroup
	for range min(s.workers, s.count) {
		all.Go(func() {
			for ctx.Err() == nil {
				d.Lock()
				i := d.next
				d.next++
				d.Unlock()
				if i >= s.count {
					return
				}
				state, err := s.insist(ctx, d, uint16(s.first+i))
				if err != nil {
					cancel(err) // the first one counts
					return
				}
				states[i] = state
			}
		})
	}
	all.Wait()
	for _, state := range states {
		if state == "" {
			return states, context.Cause(ctx)
		}
	}
	return states, nil
}

// insist dials until there is a descriptor for it.
func (s *scan) insist(ctx context.Context, d *desk, port uint16) (string, error) {
	for {
		d.Lock()
		d.busy++
		epoch, change := d.epoch, d.change
		d.Unlock()
		state, err := s.dial(ctx, port)
		starved := errors.Is(err, unix.EMFILE)
		d.Lock()
		d.busy--
		if !starved {
			d.epoch++
			close(d.change)
			d.change = make(chan struct{})
		}
		alone := d.busy == 0 && d.epoch == epoch
		d.Unlock()
		if !starved || alone {
			return state, err
		}
		select {
		case <-change:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func (s *scan) dial(ctx context.Context, port uint16) (string, error) {
	dialer := net.Dialer{Timeout: s.timeout}
	conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(s.host, port).String())
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	here, there := conn.LocalAddr().(*net.TCPAddr), conn.RemoteAddr().(*net.TCPAddr)
	if here.Port == there.Port && here.IP.Equal(there.IP) && here.Zone == there.Zone {
		return "closed", nil
	}
	return "open", nil
}

func classify(err error) (string, error) {
	var errno unix.Errno
	if errors.As(err, &errno) {
		switch errno {
		case unix.ECONNREFUSED:
			return "closed", nil
		case unix.ECONNRESET, unix.EPIPE:
			return "open", nil
		case unix.ETIMEDOUT, unix.EACCES, unix.EPERM, unix.EADDRNOTAVAIL:
			return "filtered", nil
		}
		return "", err
	}
	if late, ok := err.(net.Error); ok && late.Timeout() {
		return "filtered", nil
	}
	return "", err
}
