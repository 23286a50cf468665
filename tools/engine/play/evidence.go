package play

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// known is what a scene has seen on the way and facts may ask.
type known struct {
	parting      []byte
	sights       map[*wire.Conn]sighting
	said         []datagram // what the grader has sent by UDP
	dumped       []probe.Goroutine
	raced        facts.Race
	udpConnected bool
	queueSmall   bool
	asked        uint16
	found        []uint16
	command      string
	args         []string
}

// datagram is what was sent by whom.
type datagram struct {
	name string
	data []byte
}

// maxSent is how many datagrams are remembered.
const maxSent = 256

func (k *known) remember(name string, data []byte) {
	if len(k.said) == maxSent {
		k.said = append(k.said[:0], k.said[maxSent/2:]...)
	}
	k.said = append(k.said, datagram{name, data})
}

// sighting is the program's end of a connection when the kernel last knew it.
type sighting struct {
	socket probe.Socket
	sent   int64
}

// sight notes the program's end of c, for what is asked when it has gone.
func (s *scene) sight(c *wire.Conn, theirs probe.Socket) {
	if theirs.State == 0 {
		return
	}
	if s.known.sights == nil {
		s.known.sights = map[*wire.Conn]sighting{}
	}
	s.known.sights[c] = sighting{theirs, c.Sent()}
}

// gather collects the evidence about c, which may be nil, and the program p,
// which may be, too. It is called before the program is asked for its
// goroutines, for that ends it.
func (s *scene) gather(c *wire.Conn, p *program) *facts.Evidence {
	s.letFinish(p)
	e := &facts.Evidence{Program: p.name, Command: s.known.command, UDPConnected: s.known.udpConnected,
		QueueSmall: s.known.queueSmall, Parting: s.known.parting}
	if c == nil {
		c = s.named()
	}
	if c != nil {
		e.Conn, e.Sent = c.Name, c.Sent()
		e.Now, _ = s.theirEnd(c)
		e.Last, e.LastSent = s.known.sights[c].socket, s.known.sights[c].sent
		if e.Now.State != 0 {
			e.Last, e.LastSent = e.Now, e.Sent
		}
	} else {
		e.Conn = s.namedPeer()
	}
	for _, o := range s.conns {
		if c == nil || o == c {
			e.Own = append(e.Own, o.Recent())
		} else {
			e.Others = append(e.Others, o.Recent())
		}
	}
	for _, said := range s.known.said {
		if c == nil && said.name == e.Conn {
			e.Own = append(e.Own, said.data)
		} else {
			e.Others = append(e.Others, said.data)
		}
	}
	s.gatherServer(e)
	e.Unheard = s.unheardBy()
	if p != nil {
		s.gatherProgram(e, p)
	}
	return e
}

// letFinish waits until p, which has failed, is at rest or gone. What it then says on
// standard error is what it has to say about that, and does not depend on whether
// it had come to it. One that never rests is given as little time as by rest.
func (s *scene) letFinish(p *program) {
	if p == nil || p.asked.Load() {
		return
	}
	if s.haste.spoke.IsZero() {
		s.haste.spoke = time.Now() // that the grader waits now makes nothing late
	}
	hurry := s.hurry
	s.hurry = false
	s.rest(p)
	s.hurry = hurry
}

// named returns the connection that the command at work names first.
func (s *scene) named() *wire.Conn {
	for _, c := range slices.Backward(s.conns) {
		if slices.Contains(s.known.args, c.Name) {
			return c
		}
	}
	return nil
}

// namedPeer returns the UDP socket that the command at work names first, or else
// its first argument.
func (s *scene) namedPeer() string {
	for _, arg := range s.known.args {
		if slices.ContainsFunc(s.dg.peers, func(e *peer) bool { return e.Name == arg }) {
			return arg
		}
	}
	if len(s.known.args) == 0 {
		return ""
	}
	return s.known.args[0]
}

func (s *scene) gatherServer(e *facts.Evidence) {
	if s.kind() != "server" || s.dg.serving {
		return
	}
	if _, path, ok := wire.CutUnix(s.ts.Getenv("server")); ok {
		held, err := s.unixListeners(s.main())
		e.NoListener = err == nil && len(held) == 0 && path != ""
	}
	if at, err := netip.ParseAddrPort(s.ts.Getenv("server")); err == nil {
		e.Listener, err = s.net.Listener(at)
		e.NoListener = err == probe.ErrNoSocket
	}
}

// unheardBy says where datagrams wait that the program has not read.
func (s *scene) unheardBy() (u facts.Unheard) {
	announced, _ := netip.ParseAddrPort(s.ts.Getenv("server"))
	for _, socket := range s.survey(nil).udp {
		if socket.Queued == 0 {
			continue
		}
		if socket.Local.Port() == announced.Port() {
			u.Announced = true
		} else {
			u.Elsewhere = true
		}
	}
	return u
}

func (s *scene) gatherProgram(e *facts.Evidence, p *program) {
	p.drain() // its last words may have come last
	e.Words = p.said()
	if st, gone := p.proc.Status(); gone && !p.quit {
		e.Ended, e.Status = true, st.Code
		if st.Signal != "" && st.Signal == p.signal {
			e.Signal = st.Signal
		}
	}
	if !p.gone() {
		e.Open = s.openFiles(p)
		e.Timer = probe.Look(p.proc.PID()).State == probe.Timed
	}
}

// openFiles returns the files in the program's folder that p has open, relative to it.
func (s *scene) openFiles(p *program) (open []string) {
	folder, err := filepath.EvalSymlinks(s.tmp) // the kernel knows no links
	if err != nil {
		return nil
	}
	all, _ := probe.Descriptors([]int{p.proc.PID()})
	for _, d := range all {
		if path, err := filepath.Rel(folder, d.Target); err == nil && filepath.IsLocal(path) {
			open = append(open, path)
		}
	}
	return open
}

// lastSaid is how many lines of standard error are a program's last words.
const lastSaid = 5

// said returns the program's last words: its panic, or the last lines of its
// standard error.
func (p *program) said() []string {
	text := string(p.proc.Stderr().Bytes())
	if p.asked.Load() || p.over.Load() != nil {
		text = probe.BeforeDump(text)
	}
	if panicText, _ := probe.ParseStacks(text); panicText != "" {
		return strings.Split(panicText, "\n")
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	return lines[max(0, len(lines)-lastSaid):]
}

// know completes the evidence of v, which is about to end the scenario.
func (s *scene) know(v *record.Verdict) {
	if len(s.programs) == 0 || v.Code == record.CannotGrade {
		return
	}
	e := facts.Of(v)
	if e == nil {
		e = s.gather(nil, s.programs[0])
	}
	quietly := v.Want != nil && (v.Code == record.Output || v.Code == record.NotListening)
	e.Compared, e.Want, e.Got = v.Compare || quietly, v.Want, v.Got
	e.Reset = v.Code == record.Reset
	if s.known.dumped != nil {
		e.Dump, e.Goroutines = true, withLines(s.known.dumped)
	}
	if n := len(e.Words); n > 0 && v.Code != record.Race && !slices.Contains(v.Words, e.Words[n-1]) {
		v.Endless = v.Endless || s.anyCutShort() // how far it came is chance
		for _, line := range e.Words[max(0, n-maxSaid):] {
			v.Said = append(v.Said, line[:min(len(line), saidLine)])
		}
	}
	e.Asked, e.Found, e.Raced = s.known.asked, s.known.found, s.known.raced
	v.Evidence = e
}

// How many lines of the last words of a program that did not end are quoted, and
// how much of each.
const (
	maxSaid  = 3
	saidLine = 200
)

// withLines returns the goroutines that have a line of the program's own.
func withLines(gs []probe.Goroutine) (mine []probe.Goroutine) {
	for _, g := range gs {
		if _, ok := frameOf(g); ok {
			mine = append(mine, g)
		}
	}
	return mine
}

// sightUDP notes, when the program's first datagram has come, whether it was
// sent from a connected socket.
func (s *scene) sightUDP(p *program) {
	if p == nil || p.gone() {
		return
	}
	all, _ := probe.UDPSocketsOf(probe.Look(p.proc.PID()).PIDs) // without evidence: none that we know of
	for _, u := range all {
		s.known.udpConnected = s.known.udpConnected || u.Remote.Port() != 0
	}
}
