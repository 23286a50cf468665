// Package relay is a relay that shows what passes through it: between a visitor,
// which may be any program, and a server under test. For TCP, [Relay], it passes
// on bytes, half-closes (FIN) and resets (RST) as they come; for UDP,
// [Datagrams], datagrams. It tells each as an event of package wire.
//
// For TCP three things differ from a direct connection. The relay completes a
// connection before the server has accepted it, as the server's own kernel
// would. The server sees the relay's address, not the visitor's. And a row is
// one read of the relay's, which is not always one write of theirs.
package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"loopback/tools/base/record"
)

// Options of [Listen].
type Options struct {
	// Tell is told every event, in order, never two at a time. Open is called
	// before the first event of a connection, and Close after the last.
	Tell        func(record.Event)
	Open, Close func(name string)
}

// A Relay stands in front of one server.
type Relay struct {
	teller
	ln     *net.TCPListener
	target string
	wait   sync.WaitGroup
}

// Listen listens on addr, for visitors of the server at target.
func Listen(addr, target string, o Options) (*Relay, error) {
	lc := net.ListenConfig{KeepAlive: -1}
	lc.SetMultipathTCP(false)
	ln, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Relay{teller: teller{o: o, start: time.Now()}, ln: ln.(*net.TCPListener), target: target}, nil
}

// Addr is where visitors connect to.
func (r *Relay) Addr() string { return r.ln.Addr().String() }

// Serve relays connections until ctx is done. Then it closes all of them and
// returns nil when nothing of them is left.
func (r *Relay) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer r.wait.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { r.ln.Close() })()
	for n := 0; ; n++ {
		visitor, err := r.ln.AcceptTCP()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		r.open(name(n))
		r.tell(record.Event{Conn: name(n), Kind: record.Connect,
			What: record.Say("connect from %v", visitor.RemoteAddr())})
		r.wait.Go(func() { r.relay(ctx, name(n), visitor) })
	}
}

// name names connection number n: A, B, ... Z, AA, AB and so on.
func name(n int) string {
	if n >= 26 {
		return name(n/26-1) + name(n%26)
	}
	return string(rune('A' + n))
}

// relay relays one connection to its end.
func (r *Relay) relay(ctx context.Context, name string, visitor *net.TCPConn) {
	defer r.close(name)
	d := net.Dialer{KeepAlive: -1}
	conn, err := d.DialContext(ctx, "tcp", r.target)
	if err != nil {
		visitor.SetLinger(0)
		visitor.Close()
		e := record.Event{Conn: name, Kind: record.Trouble,
			What: record.Say("the server cannot be reached: %s", plain(err))}
		if errors.Is(err, syscall.ECONNRESET) { // it accepted and reset, before connect had returned
			e = record.Event{Conn: name, Kind: record.InRST}
		}
		r.tell(e)
		return
	}
	p := &pair{relay: r, name: name,
		visitor: end{conn: visitor, fin: record.OutFIN, rst: record.OutRST, bytes: record.Out},
		server:  end{conn: conn.(*net.TCPConn), fin: record.InFIN, rst: record.InRST, bytes: record.In}}
	defer context.AfterFunc(ctx, p.hangUp)()
	var both sync.WaitGroup
	both.Go(func() { p.pump(&p.visitor, &p.server) })
	both.Go(func() { p.pump(&p.server, &p.visitor) })
	both.Wait()
	p.hangUp()
}

// plain returns the innermost part of an error, which says why.
func plain(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		err = e
	}
	return err.Error()
}
