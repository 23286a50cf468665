package play

import (
	"net/netip"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// moveCommands compare an echo server with the plainest model there is: for each
// client the bytes that it has sent and not had back.
var moveCommands = []Command{{
	Name: "moves", Args: "[-clients K] N", Group: "Many clients",
	Summary: "N moves, drawn from the seed, of clients of all sorts, at most K of them at a time; " +
		"each is owed its own bytes, in order, and nothing else",
	Detail: "They come from any address, leave without a word, begin with any words, send pieces of special and odd " +
		"sizes, read at once, later, or a part, half-close with bytes unread, leave by a FIN or an RST, also with " +
		"output pending, and do several of these at the same moment, for which the program is stopped (SIGSTOP). " +
		"K is 4 when it is not given. With 1 nobody is served beside another: the next one comes when the one before " +
		"leaves. In the end each that is still there gets what it is owed, half-closes, and must get the " +
		"end of stream. A program that has used half a second of processor time is spared the second half.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-clients"})
		exactly(1, args)
		most := someClients
		if set["-clients"] != "" {
			most = count(set["-clients"])
		}
		s.moves(count(args[0]), most)
	},
}}

// someClients is how many clients moves has at a time.
const someClients = 4

// A caller is one client of moves.
type caller struct {
	*wire.Conn
	owed  []byte // what it has sent and not read
	small bool   // its buffers are
	full  bool   // the program cannot write more to it before it reads
}

// A company is all clients of moves, those that have left included.
type company struct {
	*scene
	*taste
	seats []*caller // who is there; nil where nobody is
	came  int       // how many have come
	moved int       // how many moves have been made
	timed bool      // the program has a timer, and to see it at rest takes long
	since int       // where in the timeline the moves begin
}

func (s *scene) moves(n, most int) {
	m := &company{scene: s, taste: newTaste(s.fill.source("moves")), since: s.log.Mark()}
	m.seats = make([]*caller, most)
	defer func() {
		if s.hurry = false; s.verdict != nil {
			m.shorten(m.since, record.Say("%d moves of clients of all sorts went well, and then:", m.moved))
		}
	}()
	s.needFiles(most)
	cpu := probe.Look(s.main().proc.PID()).CPU
	for _, kind := range m.kinds(n) {
		if m.moved%glances == 0 {
			s.hurry = false
			s.hurryPastTimers(s.main())
			m.timed = s.hurry
		}
		if m.moved >= n/2 && probe.Look(s.main().proc.PID()).CPU-cpu > longCPU {
			break // it is slow, and is spared the rest, as by longFlood
		}
		m.move(kind)
		m.moved++
	}
	for _, i := range m.Perm(most) {
		m.finish(i)
	}
	s.log.Rewind(m.since)
	what := record.Say("%d clients of all sorts have come and gone, in %d moves", m.came, m.moved)
	s.record(record.Event{Kind: record.Note, What: what})
}

// move makes one move, of whichever client.
func (m *company) move(kind moveKind) {
	i := m.IntN(len(m.seats))
	if kind == glutMove {
		m.glutted(i)
		return
	}
	if kind == momentMove {
		m.sameMoment()
		return
	}
	m.moveOf(i, kind)
}

// moveOf makes a move of the client of seat i; where there is none, one comes.
func (m *company) moveOf(i int, kind moveKind) {
	c := m.seats[i]
	if c == nil {
		m.arrive(i)
		return
	}
	switch {
	case kind == leaveMove:
		m.leave(i)
	case kind == silentMove && !c.WroteFIN() && !c.full && len(c.owed) < mostUnread:
		m.say(c, m.piece(mostUnread-len(c.owed)))
	case kind == partMove && len(c.owed) > 0:
		m.hear(c, 1+m.IntN(len(c.owed)))
	case c.WroteFIN():
		m.finish(i)
	default:
		m.converse(c, m.piece(mostAtOnce))
	}
}

const (
	mostUnread = 32 << 10  // of what a client leaves unread: the kernel holds that for any program
	mostAtOnce = 100 << 10 // of what it sends while it reads
)

// come connects a client, from whichever address.
func (m *company) come(i int, small bool) *caller {
	name, w := clientName(m.came), wire.Default
	if m.came++; small {
		w = wire.Small
	}
	if m.came%3 == 0 && m.space == nil && everyAddress() {
		m.from = m.elsewhere(name)
	}
	c := &caller{Conn: m.dial(name, w), small: small}
	m.from = netip.Addr{}
	m.seats[i] = c
	return c
}

// arrive lets a client come, who may leave before it has said a word.
func (m *company) arrive(i int) {
	c := m.come(i, m.IntN(8) == 0)
	switch m.deal("arrive", 8) {
	case 0:
		m.leave(i)
	case 1: // it waits
	case 2:
		m.say(c, m.piece(mostUnread))
	default:
		m.converse(c, m.piece(mostAtOnce))
	}
}

// say sends data, which stays unread.
func (m *company) say(c *caller, data []byte) {
	m.send(c.Conn, data)
	c.owed = slices.Concat(c.owed, data)
}

// hear reads the first n bytes of what c is owed.
func (m *company) hear(c *caller, n int) {
	want := c.owed[:n]
	c.owed = c.owed[n:]
	if c.full = c.full && len(c.owed) > 0; n > 0 {
		m.recv(c.Conn, want)
	}
}

// converse sends data, and reads all that c is owed. What was sent before is read
// first, now and then.
func (m *company) converse(c *caller, data []byte) {
	m.hurry = len(c.owed) == 0 && m.IntN(4) > 0 || m.timed
	defer func() { m.hurry = m.timed }()
	if c.full || len(c.owed)+len(data) > mostUnread || m.IntN(4) == 0 {
		m.hear(c, len(c.owed))
	}
	if len(data) > mostUnread {
		m.rest(m.owner(c.Conn))
		m.stillOpen(c.Conn, data)
		m.echoed(c.Conn, data)
		return
	}
	m.say(c, data)
	m.hear(c, len(c.owed))
}

// finish lets the client of seat i, if there is one, have all that it is owed, and
// leave in peace.
func (m *company) finish(i int) {
	if c := m.seats[i]; c != nil {
		m.seats[i] = nil
		m.end(c)
	}
}

func (m *company) end(c *caller) {
	if !c.WroteFIN() {
		m.closeWrite(c.Conn)
	}
	m.hear(c, len(c.owed))
	m.eof(c.Conn)
	c.Close()
}

// leave lets the client of seat i leave in any way, or half-close and stay.
func (m *company) leave(i int) {
	c := m.seats[i]
	switch way := m.deal("leave", 6); {
	case way < 2:
		m.finish(i)
	case way == 2 && !c.WroteFIN():
		m.closeWrite(c.Conn)
	default:
		m.vanish(i, way)
	}
}

// vanish lets the client of seat i go without what it is owed.
func (m *company) vanish(i, way int) {
	c := m.seats[i]
	m.seats[i] = nil
	switch {
	case way%3 == 0:
		m.closeConn(c.Conn)
	case way%3 == 1 && !c.WroteFIN():
		m.closeWrite(c.Conn)
		m.reset(c.Conn)
	default:
		m.reset(c.Conn)
	}
}

// glutted lets a client, or two, send without reading until the program waits to
// write to it. Others are served meanwhile. Then it reads, or leaves in some way.
func (m *company) glutted(i int) {
	full := []int{i}
	m.fillUp(i)
	if n := len(m.seats); n > 1 && m.deal("two", 2) == 0 {
		full = append(full, (i+1)%n)
		m.fillUp(full[1])
	}
	for range m.IntN(2 * len(m.seats)) {
		if other := m.IntN(len(m.seats)); !slices.Contains(full, other) {
			m.moveOf(other, []moveKind{converseMove, silentMove, partMove, leaveMove}[m.IntN(4)])
		}
	}
	for _, i := range full {
		switch way := m.deal("glut", 6); {
		case way < 3:
			m.vanish(i, way)
		case way == 3:
			m.finish(i)
		case way == 4:
			m.closeWrite(m.seats[i].Conn)
		}
	}
	if m.deal("take over", 4) == 0 && len(m.seats) > 1 {
		m.takeOver(i)
	}
}

// takeOver lets a client half-close that has much to get, and others come. What is
// kept for it must not be given to them. It comes first, when there is no other:
// so a program that takes the first free place, or the last one, gives them its.
func (m *company) takeOver(i int) {
	for j := range m.seats {
		m.finish(j)
	}
	m.rest(m.main())
	m.fillUp(i)
	m.closeWrite(m.seats[i].Conn)
	m.rest(m.main()) // it has seen the FIN, if it reads
	for j := range m.seats {
		if j != i {
			m.converse(m.come(j, false), m.piece(mostUnread))
		}
	}
	m.finish(i)
}

// fillUp puts a client on seat i to which the program waits to write. To one that
// keeps all in its memory it has much to write.
func (m *company) fillUp(i int) {
	m.finish(i)
	c := m.come(i, true)
	mark, sent := m.log.Mark(), 0
	for held := false; !held && sent < glutBound; {
		var failed error
		before := sent
		m.log.Rewind(mark)
		sent, failed = m.glut(c.Conn, sent)
		m.stillSending(c.Conn, failed)
		m.rest(m.owner(c.Conn))
		held = m.isHeld(c.Conn) || sent == before
	}
	c.owed, c.full, m.stuffed[c.Name] = m.fill.pattern(sent), true, sent
}

// sameMoment lets several clients do something while the program is stopped: when
// it goes on, all of that has happened. Then each gets what it is owed.
func (m *company) sameMoment() {
	p := m.main()
	m.rest(p)
	for _, c := range m.open() {
		m.stillOpen(c, nil)
	}
	stopped := len(probe.Look(p.proc.PID()).PIDs) == 1
	if stopped {
		m.halt(p)
	}
	m.hurry = true
	var ended []*caller
	seats := m.Perm(len(m.seats))[:1+m.IntN(len(m.seats))]
	for _, i := range seats {
		if c := m.atOnce(i); c != nil {
			ended = append(ended, c)
		}
	}
	if m.hurry = m.timed; stopped {
		p.goOn()
		m.record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	}
	for _, c := range ended {
		m.end(c)
	}
	for _, i := range seats {
		if c := m.seats[i]; c != nil && m.IntN(4) > 0 {
			m.hear(c, len(c.owed))
		}
	}
}

// atOnce lets the client of seat i say something, or leave, and perhaps another
// come in its place, who may say something and leave, too. It returns one that
// has half-closed and left its seat.
func (m *company) atOnce(i int) (ended *caller) {
	if c := m.seats[i]; c != nil {
		if !c.full && !c.WroteFIN() && m.IntN(3) > 0 {
			m.mutter(c)
		}
		if len(m.seats) > 1 && m.IntN(2) == 0 {
			return nil
		}
		if way := m.deal("at once", 5); way < 3 {
			m.vanish(i, way)
		} else {
			if m.seats[i] = nil; !c.WroteFIN() {
				m.closeWrite(c.Conn)
			}
			ended = c
		}
	}
	if m.IntN(4) == 0 {
		return ended
	}
	if c := m.come(i, false); m.IntN(4) > 0 {
		m.mutter(c)
	}
	switch m.IntN(8) {
	case 0:
		m.vanish(i, m.IntN(3))
	case 1:
		m.closeWrite(m.seats[i].Conn)
	}
	return ended
}

// mutter sends a piece to a program that is stopped.
func (m *company) mutter(c *caller) {
	room := mostUnread/2 - len(c.owed)
	if room < 1 {
		return
	}
	data := m.bytes(m.oddSize(room))
	left, failed, end := m.give(c.Conn, data)
	m.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	if left > 0 {
		m.main().goOn()
		m.given(c.Conn, left, failed, end)
	}
	c.owed = slices.Concat(c.owed, data)
}
