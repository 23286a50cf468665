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

	sessions sync.WaitGroup

	mu            sync.Mutex // guards what follows
	stopping      bool
	finished, cut int // sessions that were open when the signal came
}

// run listens on addr and serves clients until the first SIGINT or SIGTERM, or
// until accepting fails. After the signal it stops as the program promises.
func (r *relay) run(addr string, grace time.Duration) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	ctx, cutOff := context.WithCancelCause(context.Background())
	defer cutOff(nil)
	failed := make(chan error, 1)
	go func() { failed <- r.serve(ctx, ln) }()
	fmt.Println("listening on", ln.Addr())
	select {
	case err := <-failed:
		return err
	case <-signals:
	}
	go exitOn(signals)
	r.stop()
	ln.Close()
	<-failed // no session begins any more
	return r.drain(grace, cutOff)
}

// drain waits for the sessions that are left, cuts them off when grace is
// over, and says how they have ended.
func (r *relay) drain(grace time.Duration, cutOff func(error)) error {
	time.AfterFunc(grace, func() { cutOff(errGrace) })
	r.sessions.Wait()
	fmt.Fprintf(os.Stderr, lastLine, r.finished, r.cut)
	return nil
}

// exitOn ends the program when one more signal comes.
func exitOn(signals <-chan os.Signal) {
	<-signals
	os.Exit(1)
}

// serve gives each client of ln a session of its own, until ln is closed.
func (r *relay) serve(ctx context.Context, ln net.Listener) error {
	for {
		conn, err := accept(ln)
		if err != nil {
			return err
		}
		r.sessions.Add(1)
		go func() {
			defer r.sessions.Done()
			err := r.session(ctx, conn.(*net.TCPConn))
			if err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
			r.count(err)
		}()
	}
}

// session serves one client, to the end of both directions. It returns nil, or
// why the session has failed; then both connections have been reset.
func (r *relay) session(ctx context.Context, client *net.TCPConn) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if r.total > 0 {
		defer time.AfterFunc(r.total, func() { fail(errTotal) }).Stop()
	}
	backend, err := r.connect(ctx)
	if err != nil {
		fail(err) // unless something else has ended it before
		abort(client)
		return context.Cause(ctx)
	}
	both := func() { abort(client); abort(backend) }
	defer context.AfterFunc(ctx, both)()
	r.join(client, backend, fail)
	if ctx.Err() != nil {
		both()
	}
	client.Close()
	backend.Close()
	return context.Cause(ctx)
}

// connect returns a connection to the first backend that answers.
func (r *relay) connect(ctx context.Context) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: r.dial}
	var last error
	for _, addr := range r.to {
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.(*net.TCPConn), nil
		}
		last = err
	}
	return nil, last
}

// join passes on in both directions until both have ended. It calls fail with
// the first error; what ends the other direction then is up to fail.
func (r *relay) join(client, backend *net.TCPConn, fail func(error)) {
	var idle *time.Timer
	if r.idle > 0 {
		idle = time.AfterFunc(r.idle, func() { fail(errIdle) })
		defer idle.Stop()
	}
	var directions sync.WaitGroup
	a, b := &side{TCPConn: client}, &side{TCPConn: backend}
	for _, way := range [][2]*side{{a, b}, {b, a}} {
		directions.Go(func() {
			if err := r.pass(way[0], way[1], idle); err != nil {
				fail(err)
			}
		})
	}
	directions.Wait()
}

// pass copies what src sends to dst, and its FIN. Where there is no idle timer
// io.Copy sees two connections, and lets the kernel move the bytes (splice(2))
// on a system that can.
func (r *relay) pass(dst, src *side, idle *time.Timer) error {
	var from io.Reader = src.TCPConn
	if idle != nil {
		from = watched{src, idle, r.idle}
	}
	if _, err := io.Copy(dst.TCPConn, from); err != nil {
		return err
	}
	dst.written.Store(true)
	if isOver(src.TCPConn) && !src.written.Load() {
		return syscall.ECONNRESET // a write to src has got the error
	}
	return dst.CloseWrite()
}

// A side is one of the two connections of a session.
type side struct {
	*net.TCPConn
	written atomic.Bool // all that was to be written to it
}

// A watched reader starts a timer anew whenever something has passed.
type watched struct {
	src   io.Reader
	timer *time.Timer
	after time.Duration
}

func (w watched) Read(b []byte) (int, error) {
	w.timer.Reset(w.after) // what was read before has been written now
	n, err := w.src.Read(b)
	w.timer.Reset(w.after)
	return n, err
}

// abort resets conn: a FIN would say that all had been sent.
func abort(conn *net.TCPConn) {
	conn.SetLinger(0)
	conn.Close()
}

// stop says that the signal has come.
func (r *relay) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopping = true
}

// count counts a session that has ended, if the relay is stopping.
func (r *relay) count(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.stopping:
	case err == nil:
		r.finished++
	case errors.Is(err, errGrace):
		r.cut++
	}
}
