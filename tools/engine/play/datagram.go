package play

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// datagrams is the UDP state of a scene.
type datagrams struct {
	serving  bool // the server under test serves UDP
	frozen   bool // the program is stopped, and is not waited for
	peers    []*peer
	relays   []*wire.Relay
	reserved []func()          // give back the addresses where nobody answers
	closed   []netip.AddrPort  // those addresses
	hearing  *peer             // the one on which a command waits for a datagram
	words    map[string]string // what {name} stands for
	answers  []byte            // what interview has answered, each with a newline
	looked   time.Time         // when the grader last began to look at its sockets
	late     time.Duration     // the longest that a program has waited for the grader's answer
}

// A peer is a UDP socket of the grader's, and with whom it speaks.
type peer struct {
	*wire.Endpoint
	asked netip.AddrPort  // to whom it has spoken last
	heard netip.AddrPort  // who has spoken to it last
	quiet time.Time       // when a look last found nothing for it
	had   map[string]bool // the datagrams that have come
}

func (d *datagrams) inUse() bool {
	return d.serving || len(d.peers) > 0 || len(d.relays) > 0 || len(d.reserved) > 0
}

func (d *datagrams) close() {
	for _, e := range d.peers {
		e.Close()
	}
	for _, r := range d.relays {
		r.Close()
	}
	for _, release := range d.reserved {
		release()
	}
}

// openUDP makes a UDP socket called name, or a reserved address.
func (s *scene) openUDP(name, host string, closed bool) {
	s.needOutside("a UDP socket of the grader's")
	var addr string
	var err error
	if closed {
		var release func()
		if addr, release, err = wire.ReserveUDP(host); err == nil {
			s.dg.reserved = append(s.dg.reserved, release)
			s.dg.closed = append(s.dg.closed, netip.MustParseAddrPort(addr))
		}
	} else {
		var e *wire.Endpoint
		if e, err = wire.OpenEndpoint(name, host); err == nil {
			addr = s.addPeer(e)
		}
	}
	if err != nil && host == "::1" {
		s.skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not open a UDP socket: %v", err)})
	}
	s.ts.Setenv(name, addr)
}

// addPeer makes e one of the scene's, and returns its address.
func (s *scene) addPeer(e *wire.Endpoint) string {
	s.dg.peers = append(s.dg.peers, &peer{Endpoint: e})
	s.log.Lane(e.Name)
	return e.Local.String()
}

// udp opens sockets that are named in a scenario.
func (s *scene) udp(args []string) {
	set, args := flags(args, nil, []string{"-port-of"})
	atLeast(1, args)
	for i, name := range args {
		if set["-port-of"] != "" {
			s.openUDPAt(name, portNumber(set["-port-of"]), i)
			continue
		}
		host := s.host
		if to, err := netip.ParseAddrPort(s.ts.Getenv("server")); err == nil && !to.Addr().Is4() {
			host = to.Addr().String()
		}
		s.openUDP(name, host, false)
	}
}

// openUDPAt opens a socket with a port that another one has. Its address is like
// the scenario's own, but in 127.95.0.0/16, where no scenario has one.
func (s *scene) openUDPAt(name string, port, i int) {
	s.needOutside("a UDP socket of the grader's")
	own, err := netip.ParseAddr(s.host)
	if err != nil || !own.Is4() {
		s.misuse("-port-of is for IPv4")
	}
	b := own.As4()
	ip := netip.AddrFrom4([4]byte{127, 95, b[2], b[3] + byte(i)})
	e, err := wire.OpenEndpointAt(name, netip.AddrPortFrom(ip, uint16(port)))
	if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not open a UDP socket at %v: %v", ip, err)})
	}
	s.ts.Setenv(name, s.addPeer(e))
}

func (s *scene) peer(name string) *peer {
	for _, e := range s.dg.peers {
		if e.Name == name && e.Open() {
			return e
		}
	}
	s.misuse("no UDP socket is called %q: begin with udp %s", name, name)
	return nil
}

// partner is the program with which the grader's UDP sockets speak: the
// server, or the client that was started last.
func (s *scene) partner() *program {
	if s.kind() == "server" {
		return s.main()
	}
	s.main() // there must be one
	return s.programs[len(s.programs)-1]
}

// reachable returns where the server can be reached: its listeners, or the UDP
// sockets that are bound and hear everybody.
func (s *scene) reachable(pids []int) ([]probe.Socket, error) {
	if !s.dg.serving {
		return s.net.ListenersOf(pids)
	}
	all, err := probe.UDPSocketsOf(pids)
	var open []probe.Socket
	for _, u := range all {
		if u.Local.Port() != 0 && u.Remote.Port() == 0 {
			open = append(open, probe.Socket{Local: u.Local, Inode: u.Inode})
		}
	}
	return open, err
}

func (s *scene) listeningSocket() string {
	if s.dg.serving {
		return "UDP socket"
	}
	return "listening socket"
}

func (s *scene) knowsItsPort() string {
	if s.dg.serving {
		return "the socket knows what was chosen: conn.LocalAddr()"
	}
	return "the listening socket knows which port was chosen"
}

// surveyDatagrams adds what the kernel knows of the program's UDP sockets. A
// datagram is under way while it waits in the kernel's own queues, in a relay,
// or in the socket on which the grader is listening now.
func (s *scene) surveyDatagrams(v *Survey) {
	if !s.dg.inUse() {
		return
	}
	waiting, err := probe.Backlog()
	all, errSockets := probe.UDPSockets()
	if err == nil && waiting > 0 || errSockets != nil {
		v.underWay = true // or nobody knows
	}
	for _, u := range all {
		switch {
		case slices.Contains(s.dg.closed, u.Remote):
			s.known.udpConnected = true
		case s.dg.reads(u.Local):
			v.underWay = v.underWay || u.Queued > 0
		case s.dg.owns(u.Local):
		case s.dg.owns(u.Remote), s.theirs(u.Local):
			v.udp = append(v.udp, u)
		}
	}
	if len(s.programs) > 1 && slices.ContainsFunc(s.programs, func(p *program) bool {
		return !p.gone() && probe.Look(p.proc.PID()).State == probe.Moving
	}) {
		v.underWay = true // it may be about to send
	}
}

// reads reports whether what comes to addr is taken from it now.
func (d *datagrams) reads(addr netip.AddrPort) bool {
	if d.hearing != nil && d.hearing.Local == addr {
		return true
	}
	return slices.ContainsFunc(d.relays, func(r *wire.Relay) bool { return r.Owns(addr) })
}

// owns reports whether addr is one of the grader's UDP sockets.
func (d *datagrams) owns(addr netip.AddrPort) bool {
	return d.reads(addr) || slices.ContainsFunc(d.peers, func(e *peer) bool { return e.Local == addr })
}

// theirs reports whether a socket that is bound to addr belongs to a program
// under test, as far as one can tell from whom it has spoken to.
func (s *scene) theirs(addr netip.AddrPort) bool {
	if addr.String() == s.ts.Getenv("server") {
		return true
	}
	return slices.ContainsFunc(s.dg.peers, func(e *peer) bool {
		return e.heard.IsValid() && e.heard.Port() == addr.Port() &&
			(e.heard.Addr() == addr.Addr() || addr.Addr().IsUnspecified())
	})
}

// mayStir reports whether another program of the scenario will wake by itself
// and may then send something to p, through a relay.
func (s *scene) mayStir(p *program) bool {
	return s.dg.inUse() && slices.ContainsFunc(s.programs, func(q *program) bool {
		return q != p && !q.gone() && probe.Look(q.proc.PID()).State == probe.Timed
	})
}

// pump lets the relays do their work.
func (s *scene) pump() {
	if !s.dg.inUse() {
		return
	}
	now := time.Now()
	if s.kind() == "server" && len(s.dg.relays) > 0 && !s.dg.looked.IsZero() {
		s.dg.late = max(s.dg.late, now.Sub(s.dg.looked)) // a client of the server's may have waited for the relay
	}
	s.dg.looked = now
	for _, r := range s.dg.relays {
		if _, err := r.Pump(); err != nil {
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the relay %s cannot hand on a datagram: %v", r.Name, err)})
		}
	}
}

// replied notes how long the program has waited for what e has just sent: no
// longer than since the last look that found nothing of the program's.
func (s *scene) replied(e *peer) {
	if s.kind() == "client" && e.heard.IsValid() && !e.quiet.IsZero() {
		s.dg.late = max(s.dg.late, time.Since(e.quiet))
	}
}

// tooLate reports whether v may be the grader's own fault: a program that asks
// again after a while, and gives up in the end, is not to blame for a machine
// on which its peer did not run.
func (s *scene) tooLate(v record.Verdict) bool {
	gaveUp := v.Code == record.ExitStatus || v.Code == record.Exited || v.Code == record.Output
	return gaveUp && s.sc.Patience > 0 && s.dg.late > s.sc.Patience/2
}

// settleBound is how long the kernel may take to deliver a datagram.
const settleBound = 2 * time.Second

// settle waits until nothing waits in the kernel's own queues, so that what was
// sent has arrived: what others send next really comes after it.
func (s *scene) settle() {
	empty := 0 // looks in a row; a datagram may pass from one queue to another during one
	for end := time.Now().Add(settleBound); time.Now().Before(end) && empty < 2; time.Sleep(slice / 20) {
		if n, err := probe.Backlog(); n == 0 || err != nil {
			empty++
		} else {
			empty = 0
		}
	}
	s.pump()
}

// dropped returns how many datagrams the sockets at addr have lost because
// they came too fast.
func dropped(addr netip.AddrPort) (n uint32) {
	all, _ := probe.UDPSockets() // without evidence: none that we know of
	for _, u := range all {
		if u.Local == addr {
			n += u.Dropped
		}
	}
	return n
}

// mustNotLose ends the scenario when the socket at addr has lost more than
// before: the grader drops nothing by accident, and if it does, that is not
// the program's fault.
func (s *scene) mustNotLose(addr netip.AddrPort, before uint32) {
	if n := dropped(addr); n > before {
		s.blameSmall(addr, n-before)
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the kernel had no room for %d datagrams at %s and dropped them; no scenario wants that",
				n-before, addr)})
	}
}

// at names, for the timeline, who is at addr.
func (s *scene) at(addr netip.AddrPort) string {
	for _, e := range s.dg.peers {
		if e.Local == addr {
			return e.Name
		}
	}
	for _, r := range s.dg.relays {
		if r.Owns(addr) {
			return r.Name
		}
	}
	if s.kind() == "client" || addr.String() == s.ts.Getenv("server") || len(s.programs) < 2 {
		return ""
	}
	return s.programs[len(s.programs)-1].name
}

// blameSmall fails the program when its own socket has lost datagrams because
// the program has made the queue smaller than the system's default.
func (s *scene) blameSmall(addr netip.AddrPort, lost uint32) {
	usual, err := probe.UsualQueue()
	all, _ := probe.UDPSockets() // without evidence: none that we know of
	for _, u := range all {
		if err != nil || u.Local != addr || s.dg.owns(addr) || u.Room == 0 || u.Room >= usual {
			continue
		}
		s.known.queueSmall = true
		s.trouble("", "the kernel had no room in the server's socket")
		s.fail(record.Verdict{Code: record.Silence, Evidence: s.gather(nil, s.partner()),
			What: record.Say("%d datagrams were lost: the queue of its socket has room for %s, what the kernel needs "+
				"for each datagram included; by default it has %s",
				lost, record.Bytes(int(u.Room)), record.Bytes(int(usual)))})
	}
}
