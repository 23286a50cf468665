package play

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

type dialled struct {
	conn *wire.Conn
	err  error
}

// connect dials addr. On a listener whose backlog is full the kernel drops the
// request and a dial hangs: then the listener's own queue is the evidence.
func (s *scene) connect(p *program, name, addr string, w wire.Window) (*wire.Conn, error) {
	ctx, cancel := context.WithTimeout(s.ctx, wallBound)
	defer cancel()
	drops := s.listenDrops(addr)
	s.dialled++
	result := make(chan dialled, 1)
	go func() {
		conn, err := s.dialFrom(ctx, name, addr, w)
		result <- dialled{conn, err}
	}()
	var got dialled
	for {
		end := s.await(p, nil, func(d time.Duration) progress {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case got = <-result:
				return done
			case <-timer.C:
				return nothing
			}
		})
		switch end {
		case happened:
			return got.conn, got.err
		case ended:
			got = <-result // the kernel answers at once: its listener is gone
			return got.conn, got.err
		case stuck, slept:
			s.checkBacklog(p, name, addr, drops, end)
			if s.overspent {
				s.judge(p, end, owes{code: record.Silence, lane: name, what: record.Say("the connection is not made")})
			}
		case spun:
			// A busy program is not what keeps a connection from being
			// completed; the kernel does that alone.
		default:
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("connecting to the server did not end: %v", errTooBusy.Error())})
		}
	}
}

// listenDrops is how many connection requests the listener at addr has dropped,
// 0 when that is not known.
func (s *scene) listenDrops(addr string) uint32 {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return 0
	}
	l, _ := s.net.Listener(at) // the zero Socket when there is none
	return l.Drops
}

// checkBacklog fails when the server's accept queue is full, and the request
// that was just made has been dropped for that: it could also be the one that
// has filled the queue.
func (s *scene) checkBacklog(p *program, name, addr string, drops uint32, end why) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return
	}
	l, err := s.net.Listener(at)
	if err != nil || l.Unread <= l.Unacked || l.Counted && l.Drops == drops {
		return
	}
	s.rejectAt(p, name, record.Say("connect: no answer"), record.Verdict{Code: record.Silence, ByTime: end == slept,
		What: record.Say("%s cannot connect: %d connections already wait to be accepted and the backlog holds %d",
			name, l.Unread, l.Unacked+1)})
}

// dialFrom dials from the address that the scenario has chosen, or leaves it to
// the kernel.
func (s *scene) dialFrom(ctx context.Context, name, addr string, w wire.Window) (*wire.Conn, error) {
	if network, path, ok := wire.CutUnix(addr); ok {
		return s.dialUnix(ctx, name, network, path)
	}
	if !s.from.IsValid() {
		return s.maker.Dial(ctx, name, addr, w)
	}
	from := netip.AddrPortFrom(s.from, s.fromPort)
	c, err := wire.DialFrom(ctx, name, addr, w, from)
	for range fromTries {
		if err != wire.ErrTaken {
			break
		}
		from = netip.AddrPortFrom(from.Addr().Next(), s.fromPort)
		c, err = wire.DialFrom(ctx, name, addr, w, from)
	}
	return c, err
}

// fromTries is at how many more addresses a port is tried: some other program may
// have it at the first one.
const fromTries = 8

// clientPort returns the port of a client that is there, or was.
func (s *scene) clientPort(name string) (port uint16) {
	for _, c := range s.conns {
		if c.Name == name {
			port = c.Local.Port()
		}
	}
	if port == 0 {
		s.misuse("no client was ever called %q: dial it first", name)
	}
	return port
}

// elsewhere returns the address of a client, one of 127.0.0.0/8 that belongs to
// its name and to the seed. It is neither 127.0.0.1 nor in the network that the
// server's own address would be in, were it a /16.
func (s *scene) elsewhere(name string) netip.Addr {
	if !everyAddress() {
		s.lacks("of 127.0.0.0/8 only 127.0.0.1 is this machine's own on this system")
		return netip.Addr{}
	}
	s.needOutside("clients from other addresses")
	from := s.fill.source("from " + name)
	return netip.AddrFrom4([4]byte{127, byte(2 + from.IntN(90)), byte(from.IntN(256)), byte(2 + from.IntN(250))})
}

// everyAddress reports whether all of 127.0.0.0/8 is this machine's own.
func everyAddress() bool { return runtime.GOOS == "linux" || runtime.GOOS == "windows" }

// dial connects to the server.
func (s *scene) dial(name string, w wire.Window) *wire.Conn {
	p := s.main()
	s.rest(p)
	conn, err := s.connect(p, name, s.ts.Getenv("server"), w)
	if err == nil {
		s.hold(conn, p)
		s.connected(conn)
		eachFamily(s, func(k follower) { k.Dialled(s, conn) })
		return conn
	}
	s.checkMade(err)
	s.checkShortage(err)
	s.hurry = false // whether it has ended must be known
	s.rest(p)
	for since := time.Now(); p.mayEnd && !p.gone() && time.Since(since) < lastMoments; {
		p.pause(lastMoments) // its listener has gone, and it may be about to follow
	}
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
	s.checkAccess(p, name, err)
	if err == wire.ErrReset { // accepted and reset before connect had returned
		s.record(record.Event{Conn: name, Kind: record.Connect, What: record.Say("connect")})
		s.log.Add(record.Event{Conn: name, Kind: record.InRST})
		s.rejectAt(p, name, record.Say("the connection is gone already"),
			record.Verdict{Code: record.Reset,
				What: record.Say("the %s's side reset the connection (RST) as soon as it had accepted it", s.kind())})
	}
	s.rejectAt(p, name, record.Say("connect: refused"),
		record.Verdict{Code: record.Refused,
			What: record.Say("the kernel refuses connections to %s: nothing listens there any more",
				record.Foreign(s.ts.Getenv("server")))})
	return nil
}

// connected names the client's own end, by what its family knows it.
func (s *scene) connected(c *wire.Conn) {
	what := record.Say("connect")
	if c.Path == "" {
		what = record.Say("connect from %v", c.Local)
		s.ts.Setenv(c.Name+"_local", c.Local.String())
	} else {
		s.nameUser(c.Name)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Connect, What: what})
}

var errTooBusy = errors.New("the machine is too busy")

// lastMoments is how long a program that may end has for it once its listener has
// gone, before that is held against it.
const lastMoments = 2 * time.Second
