package scene

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/space"
	"loopback/tools/engine/wire"
)

// datagrams is the UDP state of a scene.
type datagrams struct {
	Serving  bool // the server under test serves UDP
	Frozen   bool // the program is stopped, and is not waited for
	Peers    []*Peer
	Relays   []*wire.Relay
	reserved []func()          // give back the addresses where nobody answers
	closed   []netip.AddrPort  // those addresses
	Hearing  *Peer             // the one on which a command waits for a datagram
	words    map[string]string // what {name} stands for
	Answers  []byte            // what interview has answered, each with a newline
	Looked   time.Time         // when the grader last began to look at its sockets
	late     time.Duration     // the longest that a program has waited for the grader's answer
}

// A Peer is a UDP socket of the grader's, and with whom it speaks.
type Peer struct {
	*wire.Endpoint
	Asked netip.AddrPort  // to whom it has spoken last
	Heard netip.AddrPort  // who has spoken to it last
	Quiet time.Time       // when a look last found nothing for it
	Had   map[string]bool // the datagrams that have come
}

// InUse reports whether anything in the scenario speaks UDP.
func (d *datagrams) InUse() bool {
	return d.Serving || len(d.Peers) > 0 || len(d.Relays) > 0 || len(d.reserved) > 0
}

func (d *datagrams) close() {
	for _, e := range d.Peers {
		e.Close()
	}
	for _, r := range d.Relays {
		r.Close()
	}
	for _, release := range d.reserved {
		release()
	}
}

// OpenUDP makes a UDP socket called name, or a reserved address.
func (s *Scene) OpenUDP(name, host string, closed bool) {
	if closed {
		s.NeedOutside("an address of UDP where nothing answers")
	}
	var addr string
	var err error
	if closed {
		var release func()
		if addr, release, err = wire.ReserveUDP(host); err == nil {
			s.Datagrams.reserved = append(s.Datagrams.reserved, release)
			s.Datagrams.closed = append(s.Datagrams.closed, netip.MustParseAddrPort(addr))
		}
	} else {
		var e *wire.Endpoint
		if e, err = openEndpoint(s, name, host); err == nil {
			addr = s.addPeer(e)
		}
	}
	if err != nil && host == "::1" {
		s.Skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not open a UDP socket: %v", err)})
	}
	s.TS.Setenv(name, addr)
}

// openEndpoint binds a UDP socket to host, in the scenario's network.
func openEndpoint(s *Scene, name, host string) (*wire.Endpoint, error) {
	if s.Space == nil {
		return wire.OpenEndpoint(name, host)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Is4() {
		s.Misuse("in a namespace the grader's UDP sockets are for IPv4")
	}
	fd, err := s.Space.Socket(space.UDP4)
	if err != nil {
		s.CheckMade(err)
		return nil, err
	}
	return wire.EndpointOf(name, fd, ip)
}

// addPeer makes e one of the scene's, and returns its address.
func (s *Scene) addPeer(e *wire.Endpoint) string {
	s.Datagrams.Peers = append(s.Datagrams.Peers, &Peer{Endpoint: e})
	s.Log.Lane(e.Name)
	return e.Local.String()
}

// UDP opens sockets that are named in a scenario.
func (s *Scene) UDP(args []string) {
	set, args := argument.Flags(args, nil, []string{"-port-of"})
	argument.AtLeast(1, args)
	for i, name := range args {
		if set["-port-of"] != "" {
			s.openUDPAt(name, argument.PortNumber(set["-port-of"]), i)
			continue
		}
		host := s.Host
		if to, err := netip.ParseAddrPort(s.TS.Getenv("server")); err == nil && !to.Addr().Is4() {
			host = to.Addr().String()
		}
		s.OpenUDP(name, host, false)
	}
}

// openUDPAt opens a socket with a port that another one has. Its address is like
// the scenario's own, but in 127.95.0.0/16, where no scenario has one.
func (s *Scene) openUDPAt(name string, port, i int) {
	s.NeedOutside("a UDP socket with a port of another's")
	own, err := netip.ParseAddr(s.Host)
	if err != nil || !own.Is4() {
		s.Misuse("-port-of is for IPv4")
	}
	b := own.As4()
	ip := netip.AddrFrom4([4]byte{127, 95, b[2], b[3] + byte(i)})
	e, err := wire.OpenEndpointAt(name, netip.AddrPortFrom(ip, uint16(port)))
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not open a UDP socket at %v: %v", ip, err)})
	}
	s.TS.Setenv(name, s.addPeer(e))
}

// Peer returns the UDP socket of the grader's that is called name.
func (s *Scene) Peer(name string) *Peer {
	for _, e := range s.Datagrams.Peers {
		if e.Name == name && e.Open() {
			return e
		}
	}
	s.Misuse("no UDP socket is called %q: begin with udp %s", name, name)
	return nil
}

// Partner is the program with which the grader's UDP sockets speak: the
// server, or the client that was started last.
func (s *Scene) Partner() *Instance {
	if s.Kind() == "server" {
		return s.Main()
	}
	s.Main() // there must be one
	return s.Programs[len(s.Programs)-1]
}

// Reachable returns where the server can be reached: its listeners, or the UDP
// sockets that are bound and hear everybody.
func (s *Scene) Reachable(pids []int) ([]probe.Socket, error) {
	if !s.Datagrams.Serving {
		return s.Net.ListenersOf(pids)
	}
	all, err := s.Net.UDPSocketsOf(pids)
	var open []probe.Socket
	for _, u := range all {
		if u.Local.Port() != 0 && u.Remote.Port() == 0 {
			open = append(open, probe.Socket{Local: u.Local, Inode: u.Inode})
		}
	}
	return open, err
}

// ListeningSocket is what a report calls the socket where clients reach the server.
func (s *Scene) ListeningSocket() string {
	if s.Datagrams.Serving {
		return "UDP socket"
	}
	return "listening socket"
}

// KnowsItsPort says how a program learns which port the kernel has chosen.
func (s *Scene) KnowsItsPort() string {
	if s.Datagrams.Serving {
		return "the socket knows what was chosen: conn.LocalAddr()"
	}
	return "the listening socket knows which port was chosen"
}

// surveyDatagrams adds what the kernel knows of the program's UDP sockets. A
// datagram is under way while it waits in the kernel's own queues, in a relay,
// or in the socket on which the grader is listening now.
func (s *Scene) surveyDatagrams(v *Survey) {
	if !s.Datagrams.InUse() {
		return
	}
	waiting, err := probe.Backlog()
	all, errSockets := s.Net.UDPSockets()
	if err == nil && waiting > 0 || errSockets != nil {
		v.UnderWay = true // or nobody knows
	}
	for _, u := range all {
		switch {
		case slices.Contains(s.Datagrams.closed, u.Remote):
			s.Known.udpConnected = true
		case s.Datagrams.reads(u.Local):
			v.UnderWay = v.UnderWay || u.Queued > 0
		case s.Datagrams.owns(u.Local):
		case s.Datagrams.owns(u.Remote), s.theirs(u.Local):
			v.UDP = append(v.UDP, u)
		}
	}
	if len(s.Programs) > 1 && slices.ContainsFunc(s.Programs, func(p *Instance) bool {
		return !p.Gone() && p.Look().State == probe.Moving
	}) {
		v.UnderWay = true // it may be about to send
	}
}

// reads reports whether what comes to addr is taken from it now.
func (d *datagrams) reads(addr netip.AddrPort) bool {
	if d.Hearing != nil && d.Hearing.Local == addr {
		return true
	}
	return slices.ContainsFunc(d.Relays, func(r *wire.Relay) bool { return r.Owns(addr) })
}

// owns reports whether addr is one of the grader's UDP sockets.
func (d *datagrams) owns(addr netip.AddrPort) bool {
	return d.reads(addr) || slices.ContainsFunc(d.Peers, func(e *Peer) bool { return e.Local == addr })
}

// theirs reports whether a socket that is bound to addr belongs to a program
// under test, as far as one can tell from whom it has spoken to.
func (s *Scene) theirs(addr netip.AddrPort) bool {
	if s.Space != nil { // there is nobody else
		return true
	}
	if addr.String() == s.TS.Getenv("server") {
		return true
	}
	return slices.ContainsFunc(s.Datagrams.Peers, func(e *Peer) bool {
		return e.Heard.IsValid() && e.Heard.Port() == addr.Port() &&
			(e.Heard.Addr() == addr.Addr() || addr.Addr().IsUnspecified())
	})
}

// mayStir reports whether another program of the scenario will wake by itself
// and may then send something to p, through a relay.
func (s *Scene) mayStir(p *Instance) bool {
	return s.Datagrams.InUse() && slices.ContainsFunc(s.Programs, func(q *Instance) bool {
		return q != p && !q.Gone() && q.Look().State == probe.Timed
	})
}

// Pump lets the relays do their work.
func (s *Scene) Pump() {
	if !s.Datagrams.InUse() {
		return
	}
	now := time.Now()
	if s.Kind() == "server" && len(s.Datagrams.Relays) > 0 && !s.Datagrams.Looked.IsZero() {
		// a client of the server's may have waited for the relay
		s.Datagrams.late = max(s.Datagrams.late, now.Sub(s.Datagrams.Looked))
	}
	s.Datagrams.Looked = now
	for _, r := range s.Datagrams.Relays {
		if _, err := r.Pump(); err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the relay %s cannot hand on a datagram: %v", r.Name, err)})
		}
	}
}

// Replied notes how long the program has waited for what e has just sent: no
// longer than since the last look that found nothing of the program's.
func (s *Scene) Replied(e *Peer) {
	if s.Kind() == "client" && e.Heard.IsValid() && !e.Quiet.IsZero() {
		s.Datagrams.late = max(s.Datagrams.late, time.Since(e.Quiet))
	}
}

// tooLate reports whether v may be the grader's own fault: a program that asks
// again after a while, and gives up in the end, is not to blame for a machine
// on which its peer did not run.
func (s *Scene) tooLate(v record.Verdict) bool {
	gaveUp := v.Code == record.ExitStatus || v.Code == record.Exited || v.Code == record.Output
	return gaveUp && s.Scenario.Patience > 0 && s.Datagrams.late > s.Scenario.Patience/2
}

// settleBound is how long the kernel may take to deliver a datagram.
const settleBound = 2 * time.Second

// Settle waits until nothing waits in the kernel's own queues, so that what was
// sent has arrived: what others send next really comes after it.
func (s *Scene) Settle() {
	empty := 0 // looks in a row; a datagram may pass from one queue to another during one
	for end := time.Now().Add(settleBound); time.Now().Before(end) && empty < 2; time.Sleep(Slice / 20) {
		if n, err := probe.Backlog(); n == 0 || err != nil {
			empty++
		} else {
			empty = 0
		}
	}
	s.Pump()
}

// Dropped returns how many datagrams the sockets at addr have lost because
// they came too fast.
func Dropped(s *Scene, addr netip.AddrPort) (n uint32) {
	all, _ := s.Net.UDPSockets() // without evidence: none that we know of
	for _, u := range all {
		if u.Local == addr {
			n += u.Dropped
		}
	}
	return n
}

// MustNotLose ends the scenario when the socket at addr has lost more than
// before: the grader drops nothing by accident, and if it does, that is not
// the program's fault.
func (s *Scene) MustNotLose(addr netip.AddrPort, before uint32) {
	if n := Dropped(s, addr); n > before {
		s.blameSmall(addr, n-before)
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the kernel had no room for %d datagrams at %s and dropped them; no scenario wants that",
				n-before, addr)})
	}
}

// At names, for the timeline, who is at addr.
func (s *Scene) At(addr netip.AddrPort) string {
	for _, e := range s.Datagrams.Peers {
		if e.Local == addr {
			return e.Name
		}
	}
	for _, r := range s.Datagrams.Relays {
		if r.Owns(addr) {
			return r.Name
		}
	}
	if s.Kind() == "client" || addr.String() == s.TS.Getenv("server") || len(s.Programs) < 2 {
		return ""
	}
	return s.Programs[len(s.Programs)-1].Name
}

// blameSmall fails the program when its own socket has lost datagrams because
// the program has made the queue smaller than the system's default.
func (s *Scene) blameSmall(addr netip.AddrPort, lost uint32) {
	usual, err := probe.UsualQueue()
	all, _ := s.Net.UDPSockets() // without evidence: none that we know of
	for _, u := range all {
		if err != nil || u.Local != addr || s.Datagrams.owns(addr) || u.Room == 0 || u.Room >= usual {
			continue
		}
		s.Known.queueSmall = true
		s.Trouble("", "the kernel had no room in the server's socket")
		s.Fail(record.Verdict{Code: record.Silence, Evidence: s.Gather(nil, s.Partner()),
			What: record.Say("%d datagrams were lost: the queue of its socket has room for %s, what the kernel needs "+
				"for each datagram included; by default it has %s",
				lost, record.Bytes(int(u.Room)), record.Bytes(int(usual)))})
	}
}
