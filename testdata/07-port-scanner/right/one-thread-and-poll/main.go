//go:build unix

// No goroutines and no package net: non-blocking sockets, and one poll(2) that waits for all of them and for the next
// deadline.
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

// An attempt is one connect that is under way.
type attempt struct {
	port  int
	until time.Time
}

// scan dials all ports, at most workers at the same time, and returns the state
// of those that became known. The error says why some did not.
func scan(ctx context.Context, host netip.Addr, ports []int, workers int, timeout time.Duration) (map[int]string,
	error) {
	known := map[int]string{}
	underWay := map[int]attempt{} // by descriptor
	defer func() {
		for fd := range underWay {
			unix.Close(fd)
		}
	}()
	for len(ports) > 0 || len(underWay) > 0 {
		for len(ports) > 0 && len(underWay) < workers {
			fd, state, err := begin(netip.AddrPortFrom(host, uint16(ports[0])))
			if noDescriptor(err) && len(underWay) > 0 {
				break
			}
			if err != nil {
				return known, err
			}
			if state != "" {
				known[ports[0]] = state
			} else {
				underWay[fd] = attempt{ports[0], time.Now().Add(timeout)}
			}
			ports = ports[1:]
		}
		if err := settle(ctx, underWay, known); err != nil {
			return known, err
		}
	}
	return known, nil
}

// begin makes a socket and lets it connect. When that is decided at once it
// returns the state in the place of a descriptor.
func begin(addr netip.AddrPort) (fd int, state string, err error) {
	six := &unix.SockaddrInet6{Addr: addr.Addr().As16(), Port: int(addr.Port())}
	if zone, err := net.InterfaceByName(addr.Addr().Zone()); err == nil {
		six.ZoneId = uint32(zone.Index)
	}
	family, sa := unix.AF_INET6, unix.Sockaddr(six)
	if addr.Addr().Is4() {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, "", err
	}
	unix.CloseOnExec(fd)
	unix.SetNonblock(fd, true)
	switch err = unix.Connect(fd, sa); err {
	case unix.EINPROGRESS:
		return fd, "", nil
	case nil:
		state = met(fd)
	case unix.ECONNREFUSED:
		state, err = "closed", nil
	}
	unix.Close(fd)
	return -1, state, err
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

// settle waits until a connect is decided, or its time is over.
func settle(ctx context.Context, underWay map[int]attempt, known map[int]string) error {
	var fds []unix.PollFd
	next := time.Now().Add(time.Hour)
	for fd, a := range underWay {
		fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLOUT})
		if a.until.Before(next) {
			next = a.until
		}
	}
	wait := min(time.Until(next), 50*time.Millisecond) // then look at ctx again
	if _, err := unix.Poll(fds, max(0, int(wait.Milliseconds()))); err != nil && err != unix.EINTR {
		return err
	}
	for _, f := range fds {
		fd := int(f.Fd)
		a := underWay[fd]
		state := ""
		switch {
		case f.Revents != 0:
			errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
			switch {
			case err != nil:
				return err
			case errno == 0:
				state = met(fd)
			case unix.Errno(errno) == unix.ECONNREFUSED:
				state = "closed"
			case unix.Errno(errno) == unix.ECONNRESET, unix.Errno(errno) == unix.EPIPE:
				state = "open" // the connection was made, and reset before we looked
			case unix.Errno(errno) == unix.ETIMEDOUT:
				state = "filtered"
			default:
				return unix.Errno(errno)
			}
		case time.Now().After(a.until):
			state = "filtered"
		default:
			continue
		}
		known[a.port] = state
		unix.Close(fd)
		delete(underWay, fd)
	}
	if ctx.Err() != nil && len(underWay) > 0 {
		return context.Cause(ctx)
	}
	return nil
}

// noDescriptor reports whether a dial failed because this process, or this
// machine, has as many files and sockets open as it may.
func noDescriptor(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE)
}
