package scene

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// Dialled is what has come of a dial.
type Dialled struct {
	Conn *wire.Conn
	Err  error
}

// Connect dials addr. On a listener whose backlog is full the kernel drops the
// request and a dial hangs: then the listener's own queue is the evidence.
func (s *Scene) Connect(p *Instance, name, addr string, w wire.Window) (*wire.Conn, error) {
	ctx, cancel := context.WithTimeout(s.Ctx, WallBound)
	defer cancel()
	drops := s.listenDrops(addr)
	s.dialled++
	result := make(chan Dialled, 1)
	go func() {
		conn, err := s.dialFrom(ctx, name, addr, w)
		result <- Dialled{conn, err}
	}()
	var got Dialled
	for {
		end := s.Await(p, nil, func(d time.Duration) Progress {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case got = <-result:
				return Done
			case <-timer.C:
				return Nothing
			}
		})
		switch end {
		case Happened:
			return got.Conn, got.Err
		case Ended:
			got = <-result // the kernel answers at once: its listener is gone
			return got.Conn, got.Err
		case Stuck, Slept:
			s.checkBacklog(p, name, addr, drops, end)
			if s.overspent {
				s.Judge(p, end, Owes{Code: record.Silence, Lane: name, What: record.Say("the connection is not made")})
			}
		case Spun:
			// A busy program is not what keeps a connection from being
			// completed; the kernel does that alone.
		default:
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("connecting to the server did not end: %v", errTooBusy.Error())})
		}
	}
}

// listenDrops is how many connection requests the listener at addr has dropped,
// 0 when that is not known.
func (s *Scene) listenDrops(addr string) uint32 {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return 0
	}
	l, _ := s.Net.Listener(at) // the zero Socket when there is none
	return l.Drops
}

// checkBacklog fails when the server's accept queue is full, and the request
// that was just made has been dropped for that: it could also be the one that
// has filled the queue.
func (s *Scene) checkBacklog(p *Instance, name, addr string, drops uint32, end Why) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return
	}
	l, err := s.Net.Listener(at)
	if err != nil || l.Unread <= l.Unacked || l.Counted && l.Drops == drops {
		return
	}
	s.RejectAt(p, name, record.Say("connect: no answer"), record.Verdict{Code: record.Silence, ByTime: end == Slept,
		What: record.Say("%s cannot connect: %d connections already wait to be accepted and the backlog holds %d",
			name, l.Unread, l.Unacked+1)})
}

// dialFrom dials from the address that the scenario has chosen, or leaves it to
// the kernel.
func (s *Scene) dialFrom(ctx context.Context, name, addr string, w wire.Window) (*wire.Conn, error) {
	if network, path, ok := wire.CutUnix(addr); ok {
		return s.dialUnix(ctx, name, network, path)
	}
	if !s.From.IsValid() {
		return s.Maker.Dial(ctx, name, addr, w)
	}
	from := netip.AddrPortFrom(s.From, s.FromPort)
	c, err := wire.DialFrom(ctx, name, addr, w, from)
	for range fromTries {
		if err != wire.ErrTaken {
			break
		}
		from = netip.AddrPortFrom(from.Addr().Next(), s.FromPort)
		c, err = wire.DialFrom(ctx, name, addr, w, from)
	}
	return c, err
}

// fromTries is at how many more addresses a port is tried: some other program may
// have it at the first one.
const fromTries = 8

// ClientPort returns the port of a client that is there, or was.
func (s *Scene) ClientPort(name string) (port uint16) {
	for _, c := range s.Conns {
		if c.Name == name {
			port = c.Local.Port()
		}
	}
	if port == 0 {
		s.Misuse("no client was ever called %q: dial it first", name)
	}
	return port
}

// Elsewhere returns the address of a client, one of 127.0.0.0/8 that belongs to
// its name and to the seed. It is neither 127.0.0.1 nor in the network that the
// server's own address would be in, were it a /16.
func (s *Scene) Elsewhere(name string) netip.Addr {
	if !EveryAddress() {
		s.Lacks("of 127.0.0.0/8 only 127.0.0.1 is this machine's own on this system")
		return netip.Addr{}
	}
	s.NeedOutside("clients from other addresses")
	from := s.Fill.Source("from " + name)
	return netip.AddrFrom4([4]byte{127, byte(2 + from.IntN(90)), byte(from.IntN(256)), byte(2 + from.IntN(250))})
}

// EveryAddress reports whether all of 127.0.0.0/8 is this machine's own.
func EveryAddress() bool { return runtime.GOOS == "linux" || runtime.GOOS == "windows" }

// Dial connects to the server.
func (s *Scene) Dial(name string, w wire.Window) *wire.Conn {
	p := s.Main()
	s.Rest(p)
	conn, err := s.Connect(p, name, s.TS.Getenv("server"), w)
	if err == nil {
		s.Hold(conn, p)
		s.Connected(conn)
		eachFamily(s, func(k follower) { k.Dialled(s, conn) })
		return conn
	}
	s.CheckMade(err)
	s.CheckShortage(err)
	s.Hurry = false // whether it has ended must be known
	s.Rest(p)
	for since := time.Now(); p.MayEnd && !p.Gone() && time.Since(since) < lastMoments; {
		p.Pause(lastMoments) // its listener has gone, and it may be about to follow
	}
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	s.checkAccess(p, name, err)
	if err == wire.ErrReset { // accepted and reset before connect had returned
		s.Record(record.Event{Conn: name, Kind: record.Connect, What: record.Say("connect")})
		s.Log.Add(record.Event{Conn: name, Kind: record.InRST})
		s.RejectAt(p, name, record.Say("the connection is gone already"),
			record.Verdict{Code: record.Reset,
				What: record.Say("the %s's side reset the connection (RST) as soon as it had accepted it", s.Kind())})
	}
	s.RejectAt(p, name, record.Say("connect: refused"),
		record.Verdict{Code: record.Refused,
			What: record.Say("the kernel refuses connections to %s: nothing listens there any more",
				record.Foreign(s.TS.Getenv("server")))})
	return nil
}

// Connected names the client's own end, by what its family knows it.
func (s *Scene) Connected(c *wire.Conn) {
	what := record.Say("connect")
	if c.Path == "" {
		what = record.Say("connect from %v", c.Local)
		s.TS.Setenv(c.Name+"_local", c.Local.String())
	} else {
		s.nameUser(c.Name)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Connect, What: what})
}

var errTooBusy = errors.New("the machine is too busy")

// lastMoments is how long a program that may end has for it once its listener has
// gone, before that is held against it.
const lastMoments = 2 * time.Second
