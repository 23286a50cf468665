//go:build linux || darwin

// Scan tells which TCP ports of a host are open, closed or filtered.
//
//	scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO
//
// It dials every port, sends nothing, and prints a line for each, such as "80
// open", in ascending order. HOST is an IP address and not a name; one that
// is not a loopback address must be yours: -i-own-this. FROM and TO, from 1
// to 65535, belong to the range. There are never more than N dials under way
// (100), and each has the time T for itself (200ms); both are above 0.
//
// Where descriptors run out, scan sleeps until a dial under way gives its own
// back. It exits with status 0 when every port is known. When it is
// interrupted, when there is no way to HOST, or no descriptor and no dial
// under way, it dials no more, prints what it knows, says why on standard
// error, and exits with status 1; used wrongly, it prints its usage there and
// exits with status 2.
//
// This file is the only one you edit. Read chapters/07-port-scanner.md first:
// it builds the program step by step.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"time"
)

const usage = "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO"

func main() {
	// TODO: delete the next line, write target, run, work and dial, and run the
	// grader.
	notWritten()

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
	// TODO:
	//  1. Make a context that is cancelled by SIGINT, and call s.run with it.
	//  2. Print what became known, a line for each port, in ascending order of
	//     the ports.
	//  3. After an error of s.run print that on standard error, and exit with
	//     status 1.
}

// A scan says which ports of which host are dialled, and how.
type scan struct {
	host    netip.Addr
	ports   []int
	workers int           // how many dials may be under way
	timeout time.Duration // of each dial
}

// target reads the operands: a host that may be scanned, and a range of ports.
func (s *scan) target(args []string, mine bool) (err error) {
	// TODO:
	//  1. There must be two operands, one worker or more, and a timeout above 0.
	//  2. Parse the host into s.host. If it is not a loopback address and not
	//     mine, the error says that -i-own-this is needed.
	//  3. Parse the range, 1 <= FROM <= TO <= 65535, and put all its ports into
	//     s.ports.
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
	// TODO:
	//  1. Make a channel with all ports in it, the jobs, and one for results.
	//  2. Start the workers.
	//  3. Collect results until every port is known. After unix.EMFILE the port
	//     goes back to the jobs, as long as another worker is alive. Any other
	//     error ends the scan.
	return nil, nil
}

// work dials ports from jobs, until there is none, or no descriptor for one.
func (s *scan) work(ctx context.Context, jobs chan int, results chan result) {
	// TODO: call dial for each port, and send what it returns. After
	// unix.EMFILE return.
}

// dial finds out the state of one port. An error tells something about this
// machine, and nothing about the port.
func (s *scan) dial(ctx context.Context, addr netip.AddrPort) (string, error) {
	// TODO:
	//  1. Dial with ctx, and with s.timeout for this dial alone.
	//  2. A connection: close it. The port is open, unless both ends of the
	//     connection have the same address: then it is closed.
	//  3. unix.ECONNREFUSED: closed. A timeout: filtered. Any other error is
	//     returned as it is.
	return "", nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
