//go:build unix

// Belief: every error of poll is a failure.
//
// EINTR says that a signal came, which may mean nothing.
//
// Caught by: 38-another-signal (exited).
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

const usage = "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO"

func main() {
	runtime.LockOSThread() // one thread does it all
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
	out := bufio.NewWriter(os.Stdout)
	for _, port := range s.ports {
		if state, ok := known[port]; ok {
			fmt.Fprintf(out, "%d %s\n", port, state)
		}
	}
	if ferr := out.Flush(); err == nil {
		err = ferr
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

var ranges = regexp.MustCompile(`\A([0-9]+)-([0-9]+)\z`)

func (s *scan) target(args []string, mine bool) (err error) {
	if len(args) != 2 || s.workers < 1 || s.timeout < 1 {
		return errors.New("wrong number of operands, or a flag that is not above 0")
	}
	if s.host, err = netip.ParseAddr(args[0]); err != nil {
		return err
	}
	if !s.host.IsLoopback() && !mine {
		return errors.New("not a loopback address, and not claimed")
	}
	m := ranges.FindStringSubmatch(args[1])
	if m == nil {
		return errors.New("a range is FROM-TO")
	}
	from, err1 := strconv.Atoi(m[1])
	to, err2 := strconv.Atoi(m[2])
	if err1 != nil || err2 != nil || from < 1 || to > 65535 || from > to {
		return errors.New("ports go from 1 to 65535, upwards")
	}
	for p := from; p <= to; p++ {
		s.ports = append(s.ports, p)
	}
	return nil
}

// sockaddr makes the address for connect(2).
func (s *scan) sockaddr(port int) (int, unix.Sockaddr, error) {
	if h := s.host.Unmap(); h.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: port, Addr: h.As4()}, nil
	}
	sa := &unix.SockaddrInet6{Port: port, Addr: s.host.As16()}
	if zone := s.host.Zone(); zone != "" {
		if ifi, err := net.InterfaceByName(zone); err == nil {
			sa.ZoneId = uint32(ifi.Index)
		} else if n, err2 := strconv.ParseUint(zone, 10, 32); err2 == nil {
			sa.ZoneId = uint32(n)
		} else {
			return 0, nil, fmt.Errorf("zone %q: %w", zone, err)
		}
	}
	return unix.AF_INET6, sa, nil
}

// A trial is one dial under way.
type trial struct {
	fd, port int
	end      time.Time
}

func (s *scan) run(ctx context.Context) (map[int]string, error) {
	known := map[int]string{}
	var bell [2]int
	if err := unix.Pipe(bell[:]); err != nil {
		return known, fmt.Errorf("pipe: %w", err)
	}
	unix.CloseOnExec(bell[0])
	unix.CloseOnExec(bell[1])
	rung := make(chan struct{})
	quiet := context.AfterFunc(ctx, func() {
		defer close(rung)
		unix.Write(bell[1], []byte{0})
	})
	defer func() {
		if !quiet() {
			<-rung
		}
		unix.Close(bell[0])
		unix.Close(bell[1])
	}()

	queue := s.ports
	var under []trial // in the order of their deadlines
	defer func() {
		for _, t := range under {
			unix.Close(t.fd)
		}
	}()
	for starved := false; len(queue) > 0 || len(under) > 0; {
		for len(queue) > 0 && len(under) < s.workers && !starved {
			if ctx.Err() != nil {
				return known, errors.New("interrupted")
			}
			port := queue[0]
			fd, err := s.begin(port)
			switch {
			case errors.Is(err, unix.EMFILE):
				if len(under) == 0 {
					return known, err
				}
				starved = true
				continue
			case err == nil:
				under = append(under, trial{fd, port, time.Now().Add(s.timeout)})
			default:
				state, err := verdict(err)
				if err != nil {
					return known, err
				}
				known[port] = state
			}
			queue = queue[1:]
		}
		if len(under) == 0 {
			continue
		}
		fds := make([]unix.PollFd, 0, len(under)+1)
		for _, t := range under {
			fds = append(fds, unix.PollFd{Fd: int32(t.fd), Events: unix.POLLOUT})
		}
		fds = append(fds, unix.PollFd{Fd: int32(bell[0]), Events: unix.POLLIN})
		left := max(0, time.Until(under[0].end))
		ms := min((left+time.Millisecond-1)/time.Millisecond, 1<<30)
		if _, err := unix.Poll(fds, int(ms)); err != nil {
			if ctx.Err() != nil {
				err = errors.New("interrupted")
			}
			return known, fmt.Errorf("poll: %w", err)
		}
		if fds[len(under)].Revents != 0 {
			return known, errors.New("interrupted")
		}
		now, rest := time.Now(), under[:0:0]
		var failed error
		for i, t := range under {
			state, done := "", false
			var err error
			if fds[i].Revents != 0 {
				state, done, err = look(t.fd)
			}
			if !done && err == nil && !now.Before(t.end) {
				state, done = "filtered", true
			}
			switch {
			case err != nil:
				unix.Close(t.fd)
				failed = err
			case done:
				unix.Close(t.fd)
				known[t.port] = state
				starved = false
			default:
				rest = append(rest, t)
			}
		}
		under = rest
		if failed != nil {
			return known, failed
		}
	}
	return known, nil
}

// begin starts to connect.
func (s *scan) begin(port int) (int, error) {
	family, sa, err := s.sockaddr(port)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	unix.CloseOnExec(fd)
	if err = unix.SetNonblock(fd, true); err == nil {
		err = unix.Connect(fd, sa)
	}
	switch err {
	case nil, unix.EINPROGRESS, unix.EINTR:
		return fd, nil // poll will say more
	}
	unix.Close(fd)
	return -1, fmt.Errorf("connect: %w", err)
}

// verdict says what an error of connect tells about the port.
func verdict(err error) (string, error) {
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		return "closed", nil
	case errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.EPIPE):
		return "open", nil
	case errors.Is(err, unix.ETIMEDOUT):
		return "filtered", nil
	}
	return "", err
}

// look finds out what has become of a connect.
func look(fd int) (state string, done bool, err error) {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return "", false, fmt.Errorf("getsockopt: %w", err)
	}
	if code != 0 {
		state, err = verdict(fmt.Errorf("connect: %w", unix.Errno(code)))
		return state, err == nil, err
	}
	peer, err := unix.Getpeername(fd)
	if err != nil {
		return "", false, nil // not yet, or reset just now: look again
	}
	self, err := unix.Getsockname(fd)
	if err == nil && same(self, peer) {
		return "closed", true, nil
	}
	return "open", true, nil
}

func same(a, b unix.Sockaddr) bool {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		b, ok := b.(*unix.SockaddrInet4)
		return ok && a.Port == b.Port && a.Addr == b.Addr
	case *unix.SockaddrInet6:
		b, ok := b.(*unix.SockaddrInet6)
		return ok && a.Port == b.Port && a.Addr == b.Addr && a.ZoneId == b.ZoneId
	}
	return false
}
