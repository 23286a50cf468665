//go:build unix

// Belief: who has tried a hundred times has tried enough.
//
// Each descriptor that comes back wakes all ports that wait, and one of them gets it. In a long scan the others use up
// their tries, although all is well.
//
// Caught by: 17-descriptors-return (exit-status).
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
	workers int           // how many dials may be under way
	timeout time.Duration // of each dial
}

// target checks the operands and the flags, and fills in host and ports, in
// ascending order. Its error says what is wrong with the call. mine says that
// the host may be scanned although it is not a loopback address.
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

// run dials all ports, no more than s.workers of them at the same time, and
// returns the states that became known. Its error says why some did not. A
// port for which there was no descriptor is dialled again, as long as another
// dial is under way; any other error ends the scan, and the end of ctx does.
func (s *scan) run(ctx context.Context) (map[int]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan int, len(s.ports))
	defer close(jobs)
	for _, port := range s.ports {
		jobs <- port
	}
	desk := &desk{ended: make(chan struct{})}
	workers := min(s.workers, len(s.ports)) // more would find no port
	results := make(chan result, len(s.ports)+workers)
	for range workers {
		go s.work(ctx, desk, jobs, results)
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

// A desk knows how many dials are under way, and tells when one has ended.
type desk struct {
	mu    sync.Mutex
	busy  int           // dials under way
	ended chan struct{} // closed when the next dial ends
}

// begin counts a dial, and returns what is closed when another one ends.
func (d *desk) begin() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy++
	return d.ended
}

// end uncounts a dial. One that had a descriptor wakes those that wait for one.
// It returns how many dials are still under way.
func (d *desk) end(hadOne bool) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy--
	if hadOne {
		close(d.ended)
		d.ended = make(chan struct{})
	}
	return d.busy
}

// tries is how often a dial is tried that finds no descriptor.
const tries = 100

// work dials ports from jobs, one after the other, and sends a result for each.
// It ends when there are no more jobs.
func (s *scan) work(ctx context.Context, desk *desk, jobs chan int, results chan result) {
	for port := range jobs {
		var state string
		var err error
		for range tries {
			ended := desk.begin()
			state, err = s.dial(ctx, netip.AddrPortFrom(s.host, uint16(port)))
			none := errors.Is(err, unix.EMFILE)
			if others := desk.end(!none); !none {
				break
			} else if others == 0 {
				select {
				case <-ended: // one has ended meanwhile
					continue
				default:
				}
				break // no dial is under way that could give one back
			}
			select {
			case <-ended:
			case <-ctx.Done():
			}
		}
		results <- result{port, state, err}
	}
}

// dial finds out the state of one port, "open", "closed" or "filtered", in
// s.timeout at the longest, and leaves nothing open. An error tells something
// about this machine, and nothing about the port.
func (s *scan) dial(ctx context.Context, addr netip.AddrPort) (string, error) {
	d := net.Dialer{Timeout: s.timeout}
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
		return "open", nil // it was made, and ended before we looked
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.As(err, &failure) && failure.Timeout():
		return "filtered", nil
	}
	return "", err
}
