package crowds

import (
	"net/netip"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/taste"
	"loopback/tools/engine/wire"
)

// moveCommands compare an echo server with the plainest model there is: for each
// client the bytes that it has sent and not had back.
var moveCommands = []scene.Command{{
	Name: "moves", Args: "[-clients K] N", Group: "Many clients",
	Summary: "N moves, drawn from the seed, of clients of all sorts, at most K of them at a time; each must get its " +
		"own bytes, in order, and nothing else",
	Detail: "They come from any address, leave without a word, begin with any words, send pieces of special and odd " +
		"sizes, read at once, later, or a part, half-close with bytes unread, leave with a FIN or an RST, also with " +
		"output pending, and do several of these at the same moment, for which the program is stopped (SIGSTOP). K " +
		"is 4 when it is not given. With 1 no client is served beside another: the next one comes when the one " +
		"before leaves. In the end each that is still there gets what it is due, half-closes, and must get the end " +
		"of stream. A program that has used half a second of processor time is spared the second half.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-clients"})
		argument.Exactly(1, args)
		most := someClients
		if set["-clients"] != "" {
			most = argument.Count(set["-clients"])
		}
		moves(s, argument.Count(args[0]), most)
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
	*scene.Scene
	*taste.Taste
	seats []*caller // who is there; nil where nobody is
	came  int       // how many have come
	moved int       // how many moves have been made
	timed bool      // the program has a timer, and to see it at rest takes long
	since int       // where in the timeline the moves begin
}

func moves(s *scene.Scene, n, most int) {
	m := &company{Scene: s, Taste: taste.New(s.Fill.Source("moves")), since: s.Log.Mark()}
	m.seats = make([]*caller, most)
	defer func() {
		if s.Hurry = false; s.Verdict != nil {
			m.Shorten(m.since, record.Say("%d moves of clients of all sorts went well, and then:", m.moved))
		}
	}()
	s.NeedFiles(most)
	cpu := s.Main().Look().CPU
	for _, kind := range kinds(m.Taste, n) {
		if m.moved%scene.Glances == 0 {
			s.Hurry = false
			s.HurryPastTimers(s.Main())
			m.timed = s.Hurry
		}
		if m.moved >= n/2 && s.Main().Look().CPU-cpu > stream.LongCPU {
			break // it is slow, and is spared the rest, as by longFlood
		}
		m.move(kind)
		m.moved++
	}
	for _, i := range m.Perm(most) {
		m.finish(i)
	}
	s.Log.Rewind(m.since)
	what := record.Say("%d clients of all sorts have come and gone, in %d moves", m.came, m.moved)
	s.Record(record.Event{Kind: record.Note, What: what})
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
		m.say(c, m.Piece(mostUnread-len(c.owed)))
	case kind == partMove && len(c.owed) > 0:
		m.hear(c, 1+m.IntN(len(c.owed)))
	case c.WroteFIN():
		m.finish(i)
	default:
		m.converse(c, m.Piece(mostAtOnce))
	}
}

const (
	mostUnread = 32 << 10  // of what a client leaves unread: the kernel holds that for any program
	mostAtOnce = 100 << 10 // of what it sends while it reads
)

// come connects a client, from whichever address.
func (m *company) come(i int, small bool) *caller {
	name, w := scene.ClientName(m.came), wire.Default
	if m.came++; small {
		w = wire.Small
	}
	if m.came%3 == 0 && m.Space == nil && scene.EveryAddress() {
		m.From = m.Elsewhere(name)
	}
	c := &caller{Conn: m.Dial(name, w), small: small}
	m.From = netip.Addr{}
	m.seats[i] = c
	return c
}

// arrive lets a client come, who may leave before it has said a word.
func (m *company) arrive(i int) {
	c := m.come(i, m.IntN(8) == 0)
	switch m.Deal("arrive", 8) {
	case 0:
		m.leave(i)
	case 1: // it waits
	case 2:
		m.say(c, m.Piece(mostUnread))
	default:
		m.converse(c, m.Piece(mostAtOnce))
	}
}

// say sends data, which stays unread.
func (m *company) say(c *caller, data []byte) {
	stream.Send(m.Scene, c.Conn, data)
	c.owed = slices.Concat(c.owed, data)
}

// hear reads the first n bytes of what c is owed.
func (m *company) hear(c *caller, n int) {
	want := c.owed[:n]
	c.owed = c.owed[n:]
	if c.full = c.full && len(c.owed) > 0; n > 0 {
		stream.Recv(m.Scene, c.Conn, want)
	}
}

// converse sends data, and reads all that c is owed. What was sent before is read
// first, now and then.
func (m *company) converse(c *caller, data []byte) {
	m.Hurry = len(c.owed) == 0 && m.IntN(4) > 0 || m.timed
	defer func() { m.Hurry = m.timed }()
	if c.full || len(c.owed)+len(data) > mostUnread || m.IntN(4) == 0 {
		m.hear(c, len(c.owed))
	}
	if len(data) > mostUnread {
		m.Rest(m.Owner(c.Conn))
		stream.StillOpen(m.Scene, c.Conn, data)
		stream.Echoed(m.Scene, c.Conn, data)
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
		stream.CloseWrite(m.Scene, c.Conn)
	}
	m.hear(c, len(c.owed))
	stream.Eof(m.Scene, c.Conn)
	c.Close()
}

// leave lets the client of seat i leave in any way, or half-close and stay.
func (m *company) leave(i int) {
	c := m.seats[i]
	switch way := m.Deal("leave", 6); {
	case way < 2:
		m.finish(i)
	case way == 2 && !c.WroteFIN():
		stream.CloseWrite(m.Scene, c.Conn)
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
		stream.CloseConn(m.Scene, c.Conn)
	case way%3 == 1 && !c.WroteFIN():
		stream.CloseWrite(m.Scene, c.Conn)
		stream.Reset(m.Scene, c.Conn)
	default:
		stream.Reset(m.Scene, c.Conn)
	}
}

// glutted lets a client, or two, send without reading until the program waits to
// write to it. Others are served meanwhile. Then it reads, or leaves in some way.
func (m *company) glutted(i int) {
	full := []int{i}
	m.fillUp(i)
	if n := len(m.seats); n > 1 && m.Deal("two", 2) == 0 {
		full = append(full, (i+1)%n)
		m.fillUp(full[1])
	}
	for range m.IntN(2 * len(m.seats)) {
		if other := m.IntN(len(m.seats)); !slices.Contains(full, other) {
			m.moveOf(other, []moveKind{converseMove, silentMove, partMove, leaveMove}[m.IntN(4)])
		}
	}
	for _, i := range full {
		switch way := m.Deal("glut", 6); {
		case way < 3:
			m.vanish(i, way)
		case way == 3:
			m.finish(i)
		case way == 4:
			stream.CloseWrite(m.Scene, m.seats[i].Conn)
		}
	}
	if m.Deal("take over", 4) == 0 && len(m.seats) > 1 {
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
	m.Rest(m.Main())
	m.fillUp(i)
	stream.CloseWrite(m.Scene, m.seats[i].Conn)
	m.Rest(m.Main()) // it has seen the FIN, if it reads
	for j := range m.seats {
		if j != i {
			m.converse(m.come(j, false), m.Piece(mostUnread))
		}
	}
	m.finish(i)
}

// fillUp puts a client on seat i to which the program waits to write. To one that
// keeps all in its memory it has much to write.
func (m *company) fillUp(i int) {
	m.finish(i)
	c := m.come(i, true)
	mark, sent := m.Log.Mark(), 0
	for held := false; !held && sent < glutBound; {
		var failed error
		before := sent
		m.Log.Rewind(mark)
		sent, failed = glut(m.Scene, c.Conn, sent)
		stillSending(m.Scene, c.Conn, failed)
		m.Rest(m.Owner(c.Conn))
		held = isHeld(m.Scene, c.Conn) || sent == before
	}
	c.owed, c.full, m.Stuffed[c.Name] = m.Fill.Pattern(sent), true, sent
}

// sameMoment lets several clients do something while the program is stopped: when
// it goes on, all of that has happened. Then each gets what it is owed.
func (m *company) sameMoment() {
	p := m.Main()
	m.Rest(p)
	for _, c := range m.Open() {
		stream.StillOpen(m.Scene, c, nil)
	}
	stopped := len(p.Look().PIDs) == 1
	if stopped {
		stream.Halt(m.Scene, p)
	}
	m.Hurry = true
	var ended []*caller
	seats := m.Perm(len(m.seats))[:1+m.IntN(len(m.seats))]
	for _, i := range seats {
		if c := m.atOnce(i); c != nil {
			ended = append(ended, c)
		}
	}
	if m.Hurry = m.timed; stopped {
		p.GoOn()
		m.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
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
		if way := m.Deal("at once", 5); way < 3 {
			m.vanish(i, way)
		} else {
			if m.seats[i] = nil; !c.WroteFIN() {
				stream.CloseWrite(m.Scene, c.Conn)
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
		stream.CloseWrite(m.Scene, m.seats[i].Conn)
	}
	return ended
}

// mutter sends a piece to a program that is stopped.
func (m *company) mutter(c *caller) {
	room := mostUnread/2 - len(c.owed)
	if room < 1 {
		return
	}
	data := m.Bytes(m.OddSize(room))
	left, failed, end := stream.Give(m.Scene, c.Conn, data)
	m.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	if left > 0 {
		m.Main().GoOn()
		stream.Given(m.Scene, c.Conn, left, failed, end)
	}
	c.owed = slices.Concat(c.owed, data)
}
