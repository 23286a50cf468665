package crowds

import (
	"bytes"
	"net/netip"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/taste"
	"loopback/tools/engine/wire"
)

// An inmate is a client that the server must be serving.
type inmate struct {
	*wire.Conn
	place int
	full  bool // the program waits to write to it
}

// A porter is the model: it knows which clients are inside, and from where.
type porter struct {
	*scene.Scene
	*taste.Taste
	most, each int
	busy       []byte
	over, last []byte // what is too much from a client, and what it hears then
	inside     []*inmate
	stay       []*wire.Conn // they were turned away, and are still there
	came       int
	left       []int // from where those come that have left since the program was at rest last
	silent     bool  // somebody has come since then that has said nothing, and may not have been counted yet
}

// admissionPlaces are the addresses from which they come.
var admissionPlaces = []string{"north", "east", "south", "west"}

// An admission is one sort of move.
type admission int

const (
	oneComes admission = iota
	oneSpeaks
	oneLeaves
	oneGoesTooFar
	someComeAtOnce
	someLeaveAtOnce
)

// admissionHand is how often each comes among twenty.
var admissionHand = []admission{oneComes, oneComes, oneComes, oneComes, oneComes, oneComes, oneComes, oneComes,
	oneSpeaks, oneSpeaks, oneSpeaks, oneLeaves, oneLeaves, oneLeaves, oneLeaves, oneLeaves, oneGoesTooFar,
	someComeAtOnce, someComeAtOnce, someLeaveAtOnce}

func admissions(s *scene.Scene, args []string) {
	m := &porter{Scene: s, Taste: taste.New(s.Fill.Source("admissions"))}
	if len(args) > 2 && args[0] == "-over" {
		m.over, m.last, args = s.Fill.Text(args[1]), s.Fill.Text(args[2]), args[3:]
	}
	argument.Exactly(4, args)
	m.most, m.each, m.busy = argument.Count(args[0]), argument.Count(args[1]), s.Fill.Text(args[2])
	s.NeedFiles(2 * m.most)
	mark, n, moved := s.Log.Mark(), argument.Count(args[3]), 0
	defer func() {
		if s.Hurry = false; s.Verdict != nil {
			m.Shorten(mark, record.Say("%d moves of clients from %d addresses went well, and then:", moved,
				len(admissionPlaces)))
		}
	}()
	for m.restNow(); moved < n; moved++ {
		m.move(admissionHand[m.Deal("admissions", len(admissionHand))])
		if moved%len(admissionHand) == 0 {
			m.allStayersLeave()
		}
	}
	for len(m.inside) > 0 {
		m.leave(m.IntN(len(m.inside)))
	}
	m.allStayersLeave()
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients from %d addresses have come and gone, "+
		"in %d moves", m.came, len(admissionPlaces), n)})
}

func (m *porter) move(kind admission) {
	switch {
	case kind == someComeAtOnce:
		m.comeAtOnce()
	case kind == oneComes || len(m.inside) == 0:
		m.come()
	case kind == oneSpeaks:
		m.speak(m.inside[m.IntN(len(m.inside))])
	case kind == oneLeaves:
		m.leave(m.IntN(len(m.inside)))
	case kind == oneGoesTooFar:
		m.goTooFar(m.IntN(len(m.inside)))
	case kind == someLeaveAtOnce:
		m.leaveAtOnce()
	}
}

// from counts those inside that come from a place.
func (m *porter) from(place int) (n int) {
	for _, c := range m.inside {
		if c.place == place {
			n++
		}
	}
	return n
}

// hasRoom reports whether one more client from place is to be served. When that
// depends on those who have just left, or come, the program is given the time to notice.
func (m *porter) hasRoom(place int) bool {
	all, same := len(m.inside), m.from(place)
	if all == m.most || same == m.each {
		if m.silent { // or the next one may be counted before it
			m.restNow()
		}
		return false
	}
	for _, p := range m.left {
		if all++; p == place {
			same++
		}
	}
	if all >= m.most || same >= m.each {
		m.restNow()
	}
	return true
}

// restNow waits until the program is at rest, and has noticed all that happened.
// To see that takes a moment when it has a timer, so it is not done at each move.
func (m *porter) restNow() {
	m.Hurry = false
	m.Rest(m.Main())
	m.Hurry, m.left, m.silent = true, nil, false
}

func (m *porter) address(place int) netip.Addr { return m.Elsewhere("place " + admissionPlaces[place]) }

// come lets a client come, and says whether it is to be served.
func (m *porter) come() {
	place, small := m.IntN(len(admissionPlaces)), m.IntN(8) == 0
	name, w := scene.ClientName(m.came), wire.Default
	if m.came++; small {
		w = wire.Small
	}
	m.Record(record.Event{Kind: record.Note, What: record.Say("%d are served, %d of them from the address of the next",
		len(m.inside), m.from(place))})
	room := m.hasRoom(place)
	m.Scene.From = m.address(place)
	c := m.Dial(name, w)
	m.Scene.From = netip.Addr{}
	if !room {
		m.turnAway(c)
		return
	}
	got := &inmate{Conn: c, place: place}
	m.inside = append(m.inside, got)
	switch {
	case small:
		glut(m.Scene, c, 0)
		got.full = true
	case m.IntN(4) > 0:
		m.speak(got)
	default:
		stream.Waiting(m.Scene, c)
		m.silent = true
	}
}

// turnAway hears the refusal, and lets the client leave in some way, or stay.
func (m *porter) turnAway(c *wire.Conn) {
	way := m.Deal("turned away", 4)
	if way == 0 {
		c.Write([]byte("am I late?\n"), scene.Slice) // it does not know yet
	}
	stream.Recv(m.Scene, c, m.busy)
	stream.Eof(m.Scene, c)
	switch way {
	case 1:
		stream.Reset(m.Scene, c)
	case 2:
		m.stay = append(m.stay, c)
	default:
		c.Close()
	}
}

func (m *porter) allStayersLeave() {
	for _, c := range m.stay {
		c.Close()
	}
	m.stay = nil
}

// speak lets a client send a line, or its rest, and get it back.
func (m *porter) speak(c *inmate) {
	if c.full {
		return
	}
	line := append(m.words(1+m.IntN(60)), '\n')
	first := 0
	if len(line) > 1 && m.IntN(4) == 0 {
		first = 1 + m.IntN(len(line)-1)
		stream.Send(m.Scene, c.Conn, line[:first])
		stream.Waiting(m.Scene, c.Conn)
	}
	stream.Send(m.Scene, c.Conn, line[first:])
	stream.Recv(m.Scene, c.Conn, line)
}

// words draws n bytes without an end of line.
func (m *porter) words(n int) []byte {
	return bytes.ReplaceAll(m.Lines(n), []byte("\n"), []byte(" "))
}

// leave lets the i-th of those inside leave in some way.
func (m *porter) leave(i int) {
	c := m.inside[i]
	m.inside = slices.Delete(m.inside, i, i+1)
	way := m.Deal("leave", 6)
	part := m.words(1 + m.IntN(20)) // a line without its end
	if !c.full && way > 3 {
		stream.Send(m.Scene, c.Conn, part)
	}
	switch {
	case c.full && way%2 == 0:
		stream.CloseWrite(m.Scene, c.Conn)
		stream.Reset(m.Scene, c.Conn)
	case c.full || way == 0 || way == 4:
		stream.Reset(m.Scene, c.Conn)
	case way == 1:
		stream.CloseConn(m.Scene, c.Conn)
	default:
		stream.CloseWrite(m.Scene, c.Conn)
		if way == 5 {
			stream.Recv(m.Scene, c.Conn, part)
		}
		stream.Eof(m.Scene, c.Conn)
		c.Close()
	}
	m.gone(c)
}

// gone waits until the program has closed its end of the connection of a client
// that has gone: until then it may count it.
func (m *porter) gone(c *inmate) {
	m.AwaitClosed(c.Conn)
	m.left = append(m.left, c.place)
}

// goTooFar lets the i-th of those inside send what is too much.
func (m *porter) goTooFar(i int) {
	c := m.inside[i]
	if c.full || m.over == nil {
		m.speak(c)
		return
	}
	m.inside = slices.Delete(m.inside, i, i+1)
	stream.Send(m.Scene, c.Conn, m.over)
	stream.Recv(m.Scene, c.Conn, m.last)
	stream.Eof(m.Scene, c.Conn)
	c.Close()
	m.gone(c)
}

// leaveAtOnce lets several leave while the program is stopped.
func (m *porter) leaveAtOnce() {
	p := m.Main()
	stream.Halt(m.Scene, p)
	var left []*wire.Conn
	for _, i := range m.Perm(len(m.inside))[:1+m.IntN(len(m.inside))] {
		c := m.inside[i]
		if left = append(left, c.Conn); m.IntN(2) == 0 {
			stream.CloseConn(m.Scene, c.Conn)
		} else {
			stream.Reset(m.Scene, c.Conn)
		}
	}
	m.inside = slices.DeleteFunc(m.inside, func(c *inmate) bool { return slices.Contains(left, c.Conn) })
	p.GoOn()
	m.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	m.AwaitClosed(left...)
	m.restNow()
}

// comeAtOnce lets several come while the program is stopped. Which of them get in
// is the program's choice, but not how many.
func (m *porter) comeAtOnce() {
	var places []string
	coming := make([]int, len(admissionPlaces))
	for range 2 + m.IntN(m.most+2) {
		place := m.IntN(len(admissionPlaces))
		coming[place]++
		places = append(places, admissionPlaces[place])
	}
	room := 0
	for place, n := range coming {
		room += min(n, m.each-m.from(place))
	}
	room = min(room, m.most-len(m.inside))
	m.came += len(places)
	m.restNow()
	clients := atOneMoment(m.Scene, places, "each sends a line")
	served := sorted(m.Scene, clients, m.busy)
	m.Mute = false
	numberServed(m.Scene, len(served), room, len(clients))
	for _, c := range served {
		place := slices.IndexFunc(admissionPlaces, func(p string) bool {
			return m.Elsewhere("place "+p) == c.Local.Addr()
		})
		m.inside = append(m.inside, &inmate{Conn: c, place: place})
	}
	m.Log.Note("%d of them are served, and stay; the others are turned away", room)
}
