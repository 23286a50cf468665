//go:build unix

// Belief: a banner is a line of text, so it can be printed as it is.
//
// It is a stranger's bytes. A terminal carries out what some of them say.
//
// Caught by: 45-banner (output).
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
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

const usage = "usage: scan [-timeout T] [-workers N] [-banner] [-i-own-this] HOST FROM-TO"

func main() {
	var s scan
	flag.DurationVar(&s.timeout, "timeout", 200*time.Millisecond, "per dial")
	flag.IntVar(&s.workers, "workers", 100, "most dials at the same time")
	mine := flag.Bool("i-own-this", false, "scan a host that is not loopback")
	flag.BoolVar(&s.banner, "banner", false, "show what an open port says first")
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
		if _, lost := fmt.Println(port, known[port]); lost != nil {
			err = lost // not every known port has its line
		}
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
	banner  bool          // whether an open port is listened to
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
	jobs := make(chan int, len(s.ports)) // room for all: a port may come back
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
	for alive := workers; len(known) < len(s.ports); {
		r := <-results
		switch {
		case r.err == nil:
			known[r.port] = r.state
		case errors.Is(r.err, unix.EMFILE) && alive > 1:
			alive-- // the worker that sent this has ended
			jobs <- r.port
		default:
			return known, r.err
		}
	}
	return known, nil
}

// work dials ports from jobs, one after the other, and sends a result for each.
// It ends when there are no more jobs, or when there was no descriptor for one.
func (s *scan) work(ctx context.Context, jobs chan int, results chan result) {
	for port := range jobs {
		state, err := s.dial(ctx, netip.AddrPortFrom(s.host, uint16(port)))
		results <- result{port, state, err}
		if errors.Is(err, unix.EMFILE) {
			return
		}
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
		return s.greeting(conn), nil
	case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EPIPE):
		return "open", nil // it was made, and reset before we looked
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.As(err, &failure) && failure.Timeout():
		return "filtered", nil
	}
	return "", err
}

// greeting returns "open", and after it, with -banner, what the service says.
func (s *scan) greeting(conn net.Conn) string {
	if !s.banner {
		return "open"
	}
	conn.SetReadDeadline(time.Now().Add(s.timeout))
	text, _ := bufio.NewReader(io.LimitReader(conn, 64)).ReadString('\n')
	if text == "" {
		return "open"
	}
	return `open "` + strings.TrimSpace(text) + `"`
}
