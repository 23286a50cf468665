//go:build unix

// Belief: where there is no connection there is nothing to close.
//
// The socket of a dial that was refused is never closed, and after a few closed ports there is no descriptor left.
//
// Caught by: 17-descriptors-return (exit-status).
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const usage = "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO"

// A pending is a socket whose SYN is on its way.
type pending struct {
	fd   int
	port int
	end  time.Time
}

type scan struct {
	host    netip.Addr
	workers int
	timeout time.Duration
	from    int
	to      int
	wake    int // readable after SIGINT
	states  map[int]string
}

var errInterrupted = errors.New("interrupted")

func (s *scan) sockaddr(port int) (int, unix.Sockaddr) {
	if s.host.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: port, Addr: s.host.As4()}
	}
	six := &unix.SockaddrInet6{Port: port, Addr: s.host.As16()}
	if zone, err := net.InterfaceByName(s.host.Zone()); err == nil {
		six.ZoneId = uint32(zone.Index)
	}
	return unix.AF_INET6, six
}

// start sends a SYN. It returns nil when the answer has come already.
func (s *scan) start(port int) (*pending, error) {
	family, to := s.sockaddr(port)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	err = unix.Connect(fd, to)
	for err == unix.EINTR {
		err = unix.EINPROGRESS // it goes on by itself
	}
	if err == unix.EINPROGRESS {
		return &pending{fd, port, time.Now().Add(s.timeout)}, nil
	}
	return nil, s.finish(fd, port, err)
}

// finish notes what became of a dial, and closes its socket.
func (s *scan) finish(fd, port int, err error) error {
	switch err {
	case nil:
		defer unix.Close(fd)
		s.states[port] = "open"
		if itself(fd) {
			s.states[port] = "closed"
		}
	case unix.ECONNREFUSED:
		s.states[port] = "closed"
	case unix.ECONNRESET, unix.EPIPE: // the connection was made, and reset before we looked
		defer unix.Close(fd)
		s.states[port] = "open"
	case unix.ETIMEDOUT:
		defer unix.Close(fd)
		s.states[port] = "filtered"
	default:
		return fmt.Errorf("port %d: %w", port, err)
	}
	return nil
}

func itself(fd int) bool {
	a, err1 := unix.Getsockname(fd)
	b, err2 := unix.Getpeername(fd)
	if err1 != nil || err2 != nil {
		return false
	}
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		b, ok := b.(*unix.SockaddrInet4)
		return ok && a.Port == b.Port && a.Addr == b.Addr
	case *unix.SockaddrInet6:
		b, ok := b.(*unix.SockaddrInet6)
		return ok && a.Port == b.Port && a.Addr == b.Addr
	}
	return false
}

func (s *scan) run() error {
	var flying []*pending
	defer func() {
		for _, p := range flying {
			unix.Close(p.fd)
		}
	}()
	for next := s.from; next <= s.to || len(flying) > 0; {
		for next <= s.to && len(flying) < s.workers {
			p, err := s.start(next)
			if err == unix.EMFILE && len(flying) > 0 {
				s.workers = len(flying)
				break
			}
			if err != nil {
				return err
			}
			if p != nil {
				flying = append(flying, p)
			}
			next++
		}
		fds := []unix.PollFd{{Fd: int32(s.wake), Events: unix.POLLIN}}
		for _, p := range flying {
			fds = append(fds, unix.PollFd{Fd: int32(p.fd), Events: unix.POLLOUT})
		}
		ms := 0
		if len(flying) > 0 { // the oldest ends first: all have the same time
			ms = int(max(0, time.Until(flying[0].end)/time.Millisecond+1))
		}
		if _, err := unix.Poll(fds, ms); err != nil && err != unix.EINTR {
			return err
		}
		if fds[0].Revents != 0 {
			return errInterrupted
		}
		now, still := time.Now(), flying[:0:0]
		for i, p := range flying {
			var err error
			switch {
			case fds[i+1].Revents != 0:
				var code int
				code, err = unix.GetsockoptInt(p.fd, unix.SOL_SOCKET, unix.SO_ERROR)
				if err == nil && code != 0 {
					err = unix.Errno(code)
				}
				err = s.finish(p.fd, p.port, err)
			case now.Before(p.end):
				still = append(still, p)
			default:
				err = s.finish(p.fd, p.port, unix.ETIMEDOUT)
			}
			if err != nil {
				flying = append(still, flying[i+1:]...)
				return err
			}
		}
		flying = still
	}
	return nil
}

func main() {
	s := scan{states: map[int]string{}}
	flag.DurationVar(&s.timeout, "timeout", 200*time.Millisecond, "")
	flag.IntVar(&s.workers, "workers", 100, "")
	own := flag.Bool("i-own-this", false, "")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	flag.Parse()
	if err := s.parse(flag.Args(), *own); err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		flag.Usage()
		os.Exit(2)
	}
	ends := make([]int, 2)
	if err := unix.Pipe2(ends, unix.O_CLOEXEC); err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
	s.wake = ends[0]
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		<-signals
		unix.Write(ends[1], []byte{1})
	}()
	err := s.run()
	for port := s.from; port <= s.to; port++ {
		if state, ok := s.states[port]; ok {
			fmt.Printf("%d %s\n", port, state)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scan:", err)
		os.Exit(1)
	}
}

func (s *scan) parse(args []string, own bool) error {
	if len(args) != 2 || s.workers < 1 || s.timeout <= 0 {
		return errors.New("wrong number of operands, or a flag that is not above 0")
	}
	var err error
	if s.host, err = netip.ParseAddr(args[0]); err != nil {
		return err
	}
	s.host = s.host.Unmap()
	if !s.host.IsLoopback() && !own {
		return fmt.Errorf("%v: not loopback, and -i-own-this was not given", s.host)
	}
	a, b, _ := strings.Cut(args[1], "-")
	from, err1 := strconv.ParseUint(a, 10, 16)
	to, err2 := strconv.ParseUint(b, 10, 16)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if from < 1 || from > to {
		return fmt.Errorf("%s: not a range", args[1])
	}
	s.from, s.to = int(from), int(to)
	return nil
}
