package scene

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
	Parting      []byte
	sights       map[*wire.Conn]sighting
	said         []datagram // what the grader has sent by UDP
	dumped       []probe.Goroutine
	raced        facts.Race
	udpConnected bool
	queueSmall   bool
	chatter      bool
	Asked        uint16
	Found        []uint16
	Command      string
	Args         []string
}

// datagram is what was sent by whom.
type datagram struct {
	name string
	data []byte
}

// maxSent is how many datagrams are remembered.
const maxSent = 256

// Remember keeps what was sent by UDP, for hints that ask for it.
func (k *known) Remember(name string, data []byte) {
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
func (s *Scene) sight(c *wire.Conn, theirs probe.Socket) {
	if theirs.State == 0 {
		return
	}
	if s.Known.sights == nil {
		s.Known.sights = map[*wire.Conn]sighting{}
	}
	s.Known.sights[c] = sighting{theirs, c.Sent()}
}

// Gather collects the evidence about c, which may be nil, and the program p,
// which may be, too. It is called before the program is asked for its
// goroutines, for that ends it.
func (s *Scene) Gather(c *wire.Conn, p *Instance) *facts.Evidence {
	s.letFinish(p)
	e := &facts.Evidence{Program: p.Name, Command: s.Known.Command, UDPConnected: s.Known.udpConnected,
		QueueSmall: s.Known.queueSmall, Parting: s.Known.Parting, Chatter: s.Known.chatter}
	if c == nil {
		c = s.named()
	}
	if c != nil {
		e.Conn, e.Sent = c.Name, c.Sent()
		e.Now, _ = s.TheirEnd(c)
		e.Last, e.LastSent = s.Known.sights[c].socket, s.Known.sights[c].sent
		if e.Now.State != 0 {
			e.Last, e.LastSent = e.Now, e.Sent
		}
	} else {
		e.Conn = s.namedPeer()
	}
	for _, o := range s.Conns {
		if c == nil || o == c {
			e.Own = append(e.Own, o.Recent())
		} else {
			e.Others = append(e.Others, o.Recent())
		}
	}
	for _, said := range s.Known.said {
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
func (s *Scene) letFinish(p *Instance) {
	if p == nil || p.asked.Load() {
		return
	}
	if s.Haste.Spoke.IsZero() {
		s.Haste.Spoke = time.Now() // that the grader waits now makes nothing late
	}
	hurry := s.Hurry
	s.Hurry = false
	s.Rest(p)
	s.Hurry = hurry
}

// named returns the connection that the command at work names first, or else the one on
// whose line of the timeline the trouble is: a command may have clients of its own.
func (s *Scene) named() *wire.Conn {
	for _, c := range slices.Backward(s.Conns) {
		if slices.Contains(s.Known.Args, c.Name) {
			return c
		}
	}
	events := s.Log.Events()
	if n := len(events); n > 0 && events[n-1].Kind == record.Trouble {
		for _, c := range slices.Backward(s.Conns) {
			if c.Name == events[n-1].Conn {
				return c
			}
		}
	}
	return nil
}

// namedPeer returns the UDP socket that the command at work names first, or else
// its first argument.
func (s *Scene) namedPeer() string {
	for _, arg := range s.Known.Args {
		if slices.ContainsFunc(s.Datagrams.Peers, func(e *Peer) bool { return e.Name == arg }) {
			return arg
		}
	}
	if len(s.Known.Args) == 0 {
		return ""
	}
	return s.Known.Args[0]
}

func (s *Scene) gatherServer(e *facts.Evidence) {
	if s.Kind() != "server" || s.Datagrams.Serving {
		return
	}
	if _, path, ok := wire.CutUnix(s.TS.Getenv("server")); ok {
		held, err := s.unixListeners(s.Main())
		e.NoListener = err == nil && len(held) == 0 && path != ""
	}
	if at, err := netip.ParseAddrPort(s.TS.Getenv("server")); err == nil {
		e.Listener, err = s.Net.Listener(at)
		e.NoListener = err == probe.ErrNoSocket
	}
}

// unheardBy says where datagrams wait that the program has not read.
func (s *Scene) unheardBy() (u facts.Unheard) {
	announced, _ := netip.ParseAddrPort(s.TS.Getenv("server"))
	for _, socket := range s.Survey(nil).UDP {
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

func (s *Scene) gatherProgram(e *facts.Evidence, p *Instance) {
	p.Drain() // its last words may have come last
	e.Words = p.said()
	if st, gone := p.Proc.Status(); gone && !p.Quit {
		e.Ended, e.Status = true, st.Code
		if st.Signal != "" && st.Signal == p.Signal {
			e.Signal = st.Signal
		}
	}
	if !p.Gone() {
		e.Open = s.openFiles(p)
		e.Timer = p.Look().State == probe.Timed
	}
}

// openFiles returns the files in the program's folder that p has open, relative to it.
func (s *Scene) openFiles(p *Instance) (open []string) {
	folder, err := filepath.EvalSymlinks(s.Tmp) // the kernel knows no links
	if err != nil {
		return nil
	}
	all, _ := probe.Descriptors([]int{p.Proc.PID()})
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
func (p *Instance) said() []string {
	text := string(p.Proc.Stderr().Bytes())
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
func (s *Scene) know(v *record.Verdict) {
	if len(s.Programs) == 0 || v.Code == record.CannotGrade {
		return
	}
	e := facts.Of(v)
	if e == nil {
		e = s.Gather(nil, s.Programs[0])
	}
	quietly := v.Want != nil && (v.Code == record.Output || v.Code == record.NotListening)
	e.Compared, e.Want, e.Got = v.Compare || quietly, v.Want, v.Got
	e.Reset = v.Code == record.Reset
	if s.Known.dumped != nil {
		e.Dump, e.Goroutines = true, withLines(s.Known.dumped)
	}
	if n := len(e.Words); n > 0 && v.Code != record.Race && !slices.Contains(v.Words, e.Words[n-1]) {
		v.Endless = v.Endless || s.anyCutShort() // how far it came is chance
		for _, line := range e.Words[max(0, n-maxSaid):] {
			v.Said = append(v.Said, line[:min(len(line), saidLine)])
		}
	}
	e.Asked, e.Found, e.Raced = s.Known.Asked, s.Known.Found, s.Known.raced
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

// SightUDP notes, when the program's first datagram has come, whether it was
// sent from a connected socket.
func (s *Scene) SightUDP(p *Instance) {
	if p == nil || p.Gone() {
		return
	}
	all, _ := s.Net.UDPSocketsOf(p.Look().PIDs) // without evidence: none that we know of
	for _, u := range all {
		s.Known.udpConnected = s.Known.udpConnected || u.Remote.Port() != 0
	}
}
