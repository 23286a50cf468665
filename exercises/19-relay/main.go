// Relayd stands between clients and a backend, and passes on what each of them
// sends, the ends of their streams and their resets included.
//
//	relayd [-listen ADDR] -to ADDR[,ADDR] [-dial D] [-idle D] [-total D] [-grace D]
//
// It prints "listening on ADDR" once it can be reached. Each client gets a
// connection of its own to the first backend that answers within -dial. Bytes
// pass in both directions as they come. A FIN passes when all bytes before it
// have passed, and the other direction goes on; a reset passes at once. What
// relayd ends by itself, since no backend answers or a limit is over, it ends
// with a reset on both sides. On SIGINT or SIGTERM, for which it is ready from its
// announcement on, it takes no more clients, waits for those that it has, and
// resets what is left after -grace. A second signal ends it at once.
//
// This file is the only one you edit. accept.go and over_*.go are given.
// Read chapters/19-relay.md first, up to and including "The exercise".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	// TODO: delete the next line, write the functions below, and run the grader.
	// You may add others, and imports: io, log, os/signal, sync and syscall, surely.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	to := flag.String("to", "", "`addresses` of the backends, in the order in which they are tried")
	r := &relay{}
	flag.DurationVar(&r.dial, "dial", 5*time.Second, "for how `long` one backend may take to answer")
	flag.DurationVar(&r.idle, "idle", 0, "end sessions in which nothing has passed for so `long`; 0 for never")
	flag.DurationVar(&r.total, "total", 0, "end sessions after so `long`; 0 for never")
	grace := flag.Duration("grace", 10*time.Second, "for how `long` sessions may go on after a signal")
	flag.Parse()
	r.to = strings.Split(*to, ",")
	if *to == "" || flag.NArg() > 0 || r.dial <= 0 || r.idle < 0 || r.total < 0 || *grace < 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := r.run(*listen, *grace); err != nil {
		fmt.Fprintln(os.Stderr, "relayd:", err)
		os.Exit(1)
	}
}

// Why relayd itself ends a session.
var (
	errIdle  = errors.New("idle for too long")
	errTotal = errors.New("open for too long")
	errGrace = errors.New("cut off: the relay is stopping")
)

// lastLine is what the program says last, of its sessions.
const lastLine = "drained: %d finished, %d cut off\n"

// A relay joins clients with a backend.
type relay struct {
	to                []string
	dial, idle, total time.Duration

	// TODO: add what else it must know of its sessions. Many goroutines use it.
}

// run listens on addr and serves clients until the first SIGINT or SIGTERM, or
// until accepting fails. After the signal it stops as the program promises.
func (r *relay) run(addr string, grace time.Duration) error {
	// TODO: write it.
	return errors.ErrUnsupported
}

// serve gives each client of ln a session of its own, until ln is closed. It
// logs a line for each session that has failed: the client's address, and why.
func (r *relay) serve(ctx context.Context, ln net.Listener) error {
	// TODO: write it. The function accept is given.
	return nil
}

// session serves one client, to the end of both directions. It returns nil, or
// why the session has failed; then both connections have been reset. When ctx is
// done the session has failed.
func (r *relay) session(ctx context.Context, client *net.TCPConn) error {
	// TODO: write it.
	return nil
}

// connect returns a connection to the first backend that answers.
func (r *relay) connect(ctx context.Context) (*net.TCPConn, error) {
	// TODO: write it.
	return nil, errors.ErrUnsupported
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
