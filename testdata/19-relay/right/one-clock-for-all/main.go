// This relay has one goroutine for the limits of all sessions, which looks at them
// every five milliseconds.
//
// No session has a timer of its own. It is never early, and a little late.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
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

	wg            sync.WaitGroup
	mu            sync.Mutex
	draining      bool
	finished, cut int
	all           map[*entry]bool
}

func (r *relay) run(addr string, grace time.Duration) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	sig, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("listening on %v\n", ln.Addr())

	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	served := make(chan error, 1)
	go func() { served <- r.serve(ctx, ln) }()
	select {
	case err := <-served:
		return err
	case <-sig.Done():
	}
	stop()
	r.mu.Lock()
	r.draining = true
	r.mu.Unlock()
	ln.Close()
	<-served
	done := make(chan struct{})
	go func() { r.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(grace):
		cancel(errGrace)
		<-done
	}
	fmt.Fprintf(os.Stderr, lastLine, r.finished, r.cut)
	return nil
}

func (r *relay) serve(ctx context.Context, ln net.Listener) error {
	for {
		conn, err := accept(ln)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		r.wg.Go(func() {
			client := conn.(*net.TCPConn)
			err := r.session(ctx, client)
			if err != nil {
				log.Printf("%v: %v", client.RemoteAddr(), err)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			switch {
			case !r.draining:
			case err == nil:
				r.finished++
			case errors.Is(err, errGrace):
				r.cut++
			}
		})
	}
}

func (r *relay) session(ctx context.Context, client *net.TCPConn) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &entry{begin: time.Now(), fail: fail}
	if r.idle > 0 || r.total > 0 {
		defer r.watch(s)()
	}
	backend, err := r.connect(ctx)
	if err != nil {
		reset(client)
		return err
	}
	unwatch := context.AfterFunc(ctx, func() {
		reset(client)
		reset(backend)
	})
	var passed func()
	if r.idle > 0 {
		passed = func() { s.last.Store(time.Now().UnixNano()) }
		passed()
	}
	var toClient, toBackend atomic.Bool // whether all has been written
	var left atomic.Int32
	left.Store(2)
	over := make(chan struct{})
	pass := func(to, from *net.TCPConn, done, other *atomic.Bool) {
		err := copyAll(to, from, passed)
		done.Store(err == nil)
		switch {
		case err != nil:
		case isOver(from) && !other.Load():
			err = syscall.ECONNRESET // and a write of the other direction has failed
		default:
			err = to.CloseWrite()
		}
		if err != nil {
			fail(err)
		}
		if left.Add(-1) == 0 {
			close(over)
		}
	}
	go pass(client, backend, &toClient, &toBackend)
	pass(backend, client, &toBackend, &toClient)
	<-over
	if !unwatch() {
		return context.Cause(ctx)
	}
	client.Close()
	backend.Close()
	return nil
}

func copyAll(to, from *net.TCPConn, passed func()) error {
	if passed == nil {
		_, err := io.Copy(to, from)
		return err
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			passed()
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
			passed()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type entry struct {
	begin time.Time
	last  atomic.Int64
	fail  func(error)
}

// watch puts s among the sessions that the janitor looks at.
func (r *relay) watch(s *entry) (forget func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[*entry]bool{}
		go r.sweep()
	}
	r.all[s] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.all, s)
	}
}

func (r *relay) sweep() {
	for range time.Tick(5 * time.Millisecond) {
		r.mu.Lock()
		for s := range r.all {
			if last := s.last.Load(); r.idle > 0 && last > 0 && time.Since(time.Unix(0, last)) > r.idle {
				s.fail(errIdle)
			}
			if r.total > 0 && time.Since(s.begin) > r.total {
				s.fail(errTotal)
			}
		}
		r.mu.Unlock()
	}
}

func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

func (r *relay) connect(ctx context.Context) (*net.TCPConn, error) {
	var last error
	for _, addr := range r.to {
		d := net.Dialer{Timeout: r.dial}
		c, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			return c.(*net.TCPConn), nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		last = err
	}
	return nil, last
}
