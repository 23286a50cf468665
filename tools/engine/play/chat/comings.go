package chat

import (
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/taste"
	"loopback/tools/engine/wire"
)

var presenceCommands = []scene.Command{{
	Name: "comings", Args: "N", Group: "A room",
	Summary: "N moves, drawn from the seed, of clients that come, speak and go; each must hear what a model of the " +
		"room allows, and nothing else",
	Detail: "One is inside all the time. Others come with good names, with names that are taken or bad, or say " +
		"nothing; say one line or several, whole or in two pieces, of any bytes; do not read for a while; leave with " +
		"a FIN, a half-close, an RST or a line that is too long. Now and then several do such things at the same " +
		"moment, for which the program is stopped (SIGSTOP): then the events of each are in order, and what " +
		"different clients do may come in any order. A program that has used half a second of processor time is " +
		"spared the second half.",
	Run: scene.OnCount(comings),
}}

// Limits of what comings does.
const (
	mostInside  = 6       // members at a time
	mostDeafDue = 8 << 10 // of what one has not read: the kernel holds that for any program
	mostLine    = 1000    // bytes of a line, without its end
)

// A salon is a room with clients that are drawn.
type salon struct {
	*scene.Scene
	*taste.Taste
	host  *member // it is there all the time, and reads
	half  map[*member]string
	shy   []*wire.Conn // clients that have no name
	came  int
	moved int
	since int
}

// names that are easily taken for another. None is longer than a name may be.
var someNames = []string{"a", "A", "ab", "0", "00", "has", "here", "sixteenletters16", "sixteenletters17"}

// badNames are no names: empty, too long, or with a byte that is neither a letter
// nor a digit.
var badNames = []string{"", " ", "a ", " a", "a b", "a:", "*", "-", "a\x00", "é", "seventeenletters1", "a_b", "\x7f",
	"a\rb", "[a]", "a@b", "`", "/", "{"}

func comings(s *scene.Scene, n int) {
	h := &salon{Scene: s, Taste: taste.New(s.Fill.Source("comings")), half: map[*member]string{}, since: s.Log.Mark()}
	s.NeedFiles(3 * mostInside)
	if s.Blind(s.Main()) {
		s.Skip("this system does not say when a program is at rest, and so in which order it has met what clients did")
	}
	defer func() {
		if s.Hurry = false; s.Verdict != nil {
			h.Shorten(h.since, record.Say("%d moves of clients that come, speak and go went well, and then:", h.moved))
		}
	}()
	if len(roomOf(s).members) == 0 {
		h.arrive()
	}
	h.host = roomOf(s).members[0]
	cpu := s.Main().Look().CPU
	for ; h.moved < n; h.moved++ {
		if h.moved >= n/2 && s.Main().Look().CPU-cpu > stream.LongCPU {
			break
		}
		h.Hurry = !slices.ContainsFunc(roomOf(h.Scene).members, func(m *member) bool { return m.deaf })
		h.move()
		hearAll(h.Scene)
		if len(readers(h.Scene)) < 2 { // what the only one has said none has heard: it is done when the program rests
			h.Hurry = false
			h.Rest(h.Main())
		}
	}
	h.Hurry = false
	for _, m := range roomOf(h.Scene).members {
		m.deaf = false
	}
	hearAll(h.Scene)
	hushed(h.Scene)
	s.Log.Rewind(h.since)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d clients have come, spoken and gone, in %d moves", h.came, h.moved)})
}

// move makes one move.
func (h *salon) move() {
	switch h.Deal("moves", 24) {
	case 0, 1, 2, 3, 4:
		h.arrive()
	case 5, 6, 7:
		h.goes(h.someone())
	case 8:
		h.refused(roomOf(h.Scene).names()[h.IntN(len(roomOf(h.Scene).names()))], "* name taken\n")
	case 9:
		h.refused(badNames[h.Deal("bad", len(badNames))], "* bad name\n")
	case 10:
		h.shyOne()
	case 11:
		if m := h.someone(); m != nil {
			m.deaf = !m.deaf
		}
	case 12, 13:
		h.begins(h.someone())
	case 14, 15, 16:
		h.moment()
	default:
		h.talks(h.anyone())
	}
	for _, m := range roomOf(h.Scene).members {
		m.deaf = m.deaf && len(m.due) < mostDeafDue
	}
}

// someone returns one who is inside and not the host, or nil.
func (h *salon) someone() *member {
	if n := len(roomOf(h.Scene).members); n > 1 {
		return roomOf(h.Scene).members[1+h.IntN(n-1)]
	}
	return nil
}

func (h *salon) anyone() *member {
	return roomOf(h.Scene).members[h.IntN(len(roomOf(h.Scene).members))]
}

// connect makes a client, whose name nobody else has.
func (h *salon) connect() *wire.Conn {
	h.came++
	return h.Dial(scene.ClientName(h.came-1), wire.Default)
}

// freeName draws a name that none of these has.
func (h *salon) freeName(taken []string) string {
	for {
		if name := someNames[h.Deal("names", len(someNames))]; !slices.Contains(taken, name) {
			return name
		}
	}
}

func (h *salon) arrive() *member {
	if len(roomOf(h.Scene).members) >= mostInside {
		h.goes(h.someone())
		return nil
	}
	m := &member{Conn: h.connect(), name: h.freeName(roomOf(h.Scene).names())}
	line := m.name + h.lineEnd()
	if cut := h.IntN(3 * len(line)); cut > 0 && cut < len(line) {
		stream.Put(h.Scene, m.Conn, []byte(line[:cut]))
		stream.Consumed(h.Scene, m.Conn)
		line = line[cut:]
	}
	stream.Put(h.Scene, m.Conn, []byte(line))
	stream.Recv(h.Scene, m.Conn, []byte(hereLine(roomOf(h.Scene).names()...)))
	roomOf(h.Scene).told(joinedLine(m.name), nil)
	roomOf(h.Scene).members = append(roomOf(h.Scene).members, m)
	return m
}

func (h *salon) lineEnd() string { return []string{"\n", "\n", "\r\n"}[h.IntN(3)] }

// refused is a client that cannot come in.
func (h *salon) refused(name, reply string) {
	c := h.connect()
	stream.Put(h.Scene, c, []byte(name+h.lineEnd()))
	stream.Recv(h.Scene, c, []byte(reply))
	stream.Over(h.Scene, c)
	c.Close()
}

// shyOne lets a client come that gives no name, or one leave.
func (h *salon) shyOne() {
	if len(h.shy) == 0 || h.IntN(2) == 0 && len(h.shy) < 3 {
		c := h.connect()
		h.shy = append(h.shy, c)
		if h.IntN(2) == 0 {
			stream.Put(h.Scene, c, []byte("nobody"))
		}
		return
	}
	c := h.shy[0]
	h.shy = h.shy[1:]
	if h.IntN(2) == 0 {
		stream.Reset(h.Scene, c)
		return
	}
	stream.CloseWrite(h.Scene, c)
	stream.Eof(h.Scene, c)
	c.Close()
}

// deceptive are lines that look like what a server says, or mean something elsewhere.
var deceptive = []string{"* a has left", "* here:", "a: hello", "* name taken", "/quit", " ", "\t", ":", "*", "\x00"}

// text draws what one says. It has no LF, and no CR at its end.
func (h *salon) text() string {
	n := []int{0, 1, 2, 10, 60, 300, mostLine - 1, mostLine}[h.IntN(8)]
	var text string
	switch h.IntN(6) {
	case 0:
		text = taste.Words[h.IntN(len(taste.Words))]
	case 1:
		text = deceptive[h.IntN(len(deceptive))]
	case 2:
		text = string(h.Bytes(n))
	default:
		text = payload.WordOf(n, h.Rand)
	}
	text = strings.TrimRight(strings.ReplaceAll(text, "\n", "."), "\r")
	return text[:min(len(text), mostLine)]
}

// talks lets m say lines, the first of which may have begun before.
func (h *salon) talks(m *member) {
	data, half := "", h.half[m]
	delete(h.half, m)
	for range 1 + h.IntN(4)*h.IntN(3) {
		text := h.text()
		text = strings.TrimRight(text[:min(len(text), mostLine-len(half))], "\r")
		data += text + h.lineEnd()
		roomOf(h.Scene).told(m.lineOf(half+text), m)
		half = ""
	}
	stream.Put(h.Scene, m.Conn, []byte(data))
}

// begins lets m say the beginning of a line, which none hears yet.
func (h *salon) begins(m *member) {
	if m == nil || h.half[m] != "" {
		return
	}
	h.half[m] = "begun " + payload.WordOf(h.IntN(5), h.Rand) + " "
	stream.Put(h.Scene, m.Conn, []byte(h.half[m]))
	stream.Consumed(h.Scene, m.Conn)
}

// goes lets m leave in some way. The beginning of a line is lost with it.
func (h *salon) goes(m *member) {
	if m == nil {
		return
	}
	delete(h.half, m)
	roomOf(h.Scene).lose(m)
	switch way := h.Deal("ways", 5); {
	case way == 0 && !m.deaf:
		stream.Put(h.Scene, m.Conn, []byte(strings.Repeat("long ", mostLine/5+1+h.IntN(900))+"\n"))
		stream.Over(h.Scene, m.Conn)
		m.Close()
	case way < 2:
		stream.Reset(h.Scene, m.Conn)
	case way == 2:
		stream.CloseConn(h.Scene, m.Conn)
	default:
		stream.CloseWrite(h.Scene, m.Conn)
		hearDue(h.Scene, m)
		stream.Eof(h.Scene, m.Conn)
		m.Close()
	}
}
