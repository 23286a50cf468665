package grade

import (
	"net/netip"
	"slices"
	"strings"

	"loopback/tools/probe"
	"loopback/tools/wire"
)

// known is what a scene has seen on the way and facts may ask.
type known struct {
	parting      []byte
	sights       map[*wire.Conn]sighting
	said         []datagram // what the grader has sent by UDP
	dumped       []probe.Goroutine
	raced        race
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
func (s *scene) gather(c *wire.Conn, p *program) *evidence {
	e := &evidence{command: s.known.command, udpConnected: s.known.udpConnected,
		queueSmall: s.known.queueSmall, parting: s.known.parting}
	if c == nil {
		c = s.named()
	}
	if c != nil {
		e.conn, e.sent = c.Name, c.Sent()
		e.now, _ = s.net.TCP(c.Remote, c.Local)
		e.last, e.lastSent = s.known.sights[c].socket, s.known.sights[c].sent
		if e.now.State != 0 {
			e.last, e.lastSent = e.now, e.sent
		}
	} else if len(s.known.args) > 0 {
		e.conn = s.known.args[0]
	}
	for _, o := range s.conns {
		if c == nil || o == c {
			e.own = append(e.own, o.Recent())
		} else {
			e.others = append(e.others, o.Recent())
		}
	}
	for _, said := range s.known.said {
		if c == nil && said.name == e.conn {
			e.own = append(e.own, said.data)
		} else {
			e.others = append(e.others, said.data)
		}
	}
	s.gatherServer(e)
	if p != nil {
		s.gatherProgram(e, p)
	}
	return e
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

func (s *scene) gatherServer(e *evidence) {
	if s.kind() != "server" || s.dg.serving {
		return
	}
	if at, err := netip.ParseAddrPort(s.ts.Getenv("server")); err == nil {
		e.listener, err = s.net.Listener(at)
		e.noListener = err == probe.ErrNoSocket
	}
}

func (s *scene) gatherProgram(e *evidence, p *program) {
	p.drain() // its last words may have come last
	e.words = p.said()
	if st, gone := p.proc.Status(); gone && !p.quit {
		e.ended, e.status = true, st.Code
	}
	if !p.gone() {
		e.timer = probe.Look(p.proc.PID()).State == probe.Timed
	}
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
func (s *scene) know(v *Verdict) {
	if len(s.programs) == 0 || v.Code == CannotGrade {
		return
	}
	e := evidenceOf(v)
	if e == nil {
		e = s.gather(nil, s.programs[0])
	}
	e.compared, e.want, e.got = v.Compare || v.Want != nil && v.Code == Output, v.Want, v.Got
	e.reset = v.Code == Reset
	if s.known.dumped != nil {
		e.dump, e.goroutines = true, withLines(s.known.dumped)
	}
	if n := len(e.words); n > 0 && v.Code != Race && !slices.Contains(v.Words, e.words[n-1]) {
		for _, line := range e.words[max(0, n-maxSaid):] {
			v.Said = append(v.Said, line[:min(len(line), saidLine)])
		}
	}
	e.asked, e.found, e.raced = s.known.asked, s.known.found, s.known.raced
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
