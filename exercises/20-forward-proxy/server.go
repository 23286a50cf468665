package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// This file is given: what chapters 12-graceful-shutdown and 13-limits-and-load say about
// a server's beginning, its limit and its end.

// A server takes clients, at most so many at the same time, and stops by a signal.
type server struct {
	most   int                                // clients at the same time
	client func(ctx context.Context, c *conn) // serves one, and ends its connection

	self    netip.AddrPort // where it listens
	clients sync.WaitGroup

	mu       sync.Mutex // guards what follows
	stopping bool
	count    int            // clients that have a place
	waiting  map[*conn]bool // those in await
}

// run listens on addr and serves clients until the first SIGINT or SIGTERM, or
// until accepting fails. After the signal no client comes, and none is waited
// for; those that are being served go on until grace is over. Then their ctx ends,
// with the cause errGrace. When all have ended run returns.
func (s *server) run(addr string, grace time.Duration) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s.self = ln.Addr().(*net.TCPAddr).AddrPort()
	s.waiting = map[*conn]bool{}
	ctx, cutOff := context.WithCancelCause(context.Background())
	defer cutOff(nil)
	failed := make(chan error, 1)
	go func() { failed <- s.acceptAll(ctx, ln) }()
	fmt.Println("listening on", ln.Addr())
	select {
	case err := <-failed:
		return err
	case <-signals:
	}
	go func() { <-signals; os.Exit(1) }()
	s.stop()
	ln.Close()
	<-failed // no client comes any more
	time.AfterFunc(grace, func() { cutOff(errGrace) })
	s.clients.Wait()
	return nil
}

// acceptAll gives each client of ln a goroutine, until ln is closed.
func (s *server) acceptAll(ctx context.Context, ln net.Listener) error {
	for {
		tcp, err := accept(ln)
		if err != nil {
			return err
		}
		s.clients.Go(func() {
			c := newConn(tcp.(*net.TCPConn))
			if !s.enter() {
				c.part(status(503))
				return
			}
			defer s.leave()
			s.client(ctx, c)
		})
	}
}

// enter gives a client a place, if there is one.
func (s *server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == s.most {
		return false
	}
	s.count++
	return true
}

// leave gives the place back.
func (s *server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count--
}

// stop says that the signal has come, and wakes the clients in await.
func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for c := range s.waiting {
		c.SetReadDeadline(time.Now())
	}
}

// isStopping reports whether the signal has come: then what is being answered is
// the last request of its client.
func (s *server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// await waits for the first byte of a client's next request, which stays in c.r.
// It returns false when there will be none: the client has ended, limit is over,
// or the server stops. Otherwise limit goes on being the read deadline of c.
func (s *server) await(c *conn, limit time.Time) bool {
	c.SetReadDeadline(limit)
	if !s.wait(c) {
		return false
	}
	_, err := c.r.Peek(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, c)
	c.SetReadDeadline(limit) // again: stop may have moved it
	return err == nil
}

// wait makes c one of those that stop wakes.
func (s *server) wait(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.waiting[c] = true
	return true
}
