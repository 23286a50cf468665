package play

import (
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var presenceCommands = []Command{{
	Name: "comings", Args: "N", Group: "A room",
	Summary: "N moves, drawn from the seed, of clients that come, speak and go; each must hear what a model of the " +
		"room allows, and nothing else",
	Detail: "One is inside all the time. Others come with good names, with names that are taken or bad, or say " +
		"nothing; say one line or several, whole or in two pieces, of any bytes; do not read for a while; leave by a " +
		"FIN, a half-close, an RST or a line that is too long. Now and then several do such things at one moment, " +
		"for which the program is stopped (SIGSTOP): then the events of each are in order, and what different " +
		"clients do may come in any order. A program that has used half a second of processor time is spared the " +
		"second half.",
	run: onCount((*scene).comings),
}}

// Limits of what comings does.
const (
	mostInside  = 6       // members at a time
	mostDeafDue = 8 << 10 // of what one has not read: the kernel holds that for any program
	mostLine    = 1000    // bytes of a line, without its end
)

// A salon is a room with clients that are drawn.
type salon struct {
	*scene
	*taste
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

func (s *scene) comings(n int) {
	h := &salon{scene: s, taste: newTaste(s.fill.source("comings")), half: map[*member]string{}, since: s.log.Mark()}
	s.needFiles(3 * mostInside)
	if s.blind(s.main()) {
		s.skip("this system does not say when a program is at rest, and so in which order it has met what clients did")
	}
	defer func() {
		if s.hurry = false; s.verdict != nil {
			h.shorten(h.since, record.Say("%d moves of clients that come, speak and go went well, and then:", h.moved))
		}
	}()
	if len(roomOf(s).members) == 0 {
		h.arrive()
	}
	h.host = roomOf(s).members[0]
	cpu := probe.Look(s.main().proc.PID()).CPU
	for ; h.moved < n; h.moved++ {
		if h.moved >= n/2 && probe.Look(s.main().proc.PID()).CPU-cpu > longCPU {
			break
		}
		h.hurry = !slices.ContainsFunc(roomOf(h.scene).members, func(m *member) bool { return m.deaf })
		h.move()
		h.hearAll()
		if len(h.readers()) < 2 { // what the only one has said none has heard: it is done when the program rests
			h.hurry = false
			h.rest(h.main())
		}
	}
	h.hurry = false
	for _, m := range roomOf(h.scene).members {
		m.deaf = false
	}
	h.hearAll()
	h.hushed()
	s.log.Rewind(h.since)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%d clients have come, spoken and gone, in %d moves", h.came, h.moved)})
}

// move makes one move.
func (h *salon) move() {
	switch h.deal("moves", 24) {
	case 0, 1, 2, 3, 4:
		h.arrive()
	case 5, 6, 7:
		h.goes(h.someone())
	case 8:
		h.refused(roomOf(h.scene).names()[h.IntN(len(roomOf(h.scene).names()))], "* name taken\n")
	case 9:
		h.refused(badNames[h.deal("bad", len(badNames))], "* bad name\n")
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
	for _, m := range roomOf(h.scene).members {
		m.deaf = m.deaf && len(m.due) < mostDeafDue
	}
}

// someone returns one who is inside and not the host, or nil.
func (h *salon) someone() *member {
	if n := len(roomOf(h.scene).members); n > 1 {
		return roomOf(h.scene).members[1+h.IntN(n-1)]
	}
	return nil
}

func (h *salon) anyone() *member {
	return roomOf(h.scene).members[h.IntN(len(roomOf(h.scene).members))]
}

// connect makes a client, whose name nobody else has.
func (h *salon) connect() *wire.Conn {
	h.came++
	return h.dial(clientName(h.came-1), wire.Default)
}

// freeName draws a name that none of these has.
func (h *salon) freeName(taken []string) string {
	for {
		if name := someNames[h.deal("names", len(someNames))]; !slices.Contains(taken, name) {
			return name
		}
	}
}

func (h *salon) arrive() *member {
	if len(roomOf(h.scene).members) >= mostInside {
		h.goes(h.someone())
		return nil
	}
	m := &member{Conn: h.connect(), name: h.freeName(roomOf(h.scene).names())}
	line := m.name + h.lineEnd()
	if cut := h.IntN(3 * len(line)); cut > 0 && cut < len(line) {
		h.put(m.Conn, []byte(line[:cut]))
		h.consumed(m.Conn)
		line = line[cut:]
	}
	h.put(m.Conn, []byte(line))
	h.recv(m.Conn, []byte(hereLine(roomOf(h.scene).names()...)))
	roomOf(h.scene).told(joinedLine(m.name), nil)
	roomOf(h.scene).members = append(roomOf(h.scene).members, m)
	return m
}

func (h *salon) lineEnd() string { return []string{"\n", "\n", "\r\n"}[h.IntN(3)] }

// refused is a client that cannot come in.
func (h *salon) refused(name, reply string) {
	c := h.connect()
	h.put(c, []byte(name+h.lineEnd()))
	h.recv(c, []byte(reply))
	h.over(c)
	c.Close()
}

// shyOne lets a client come that gives no name, or one leave.
func (h *salon) shyOne() {
	if len(h.shy) == 0 || h.IntN(2) == 0 && len(h.shy) < 3 {
		c := h.connect()
		h.shy = append(h.shy, c)
		if h.IntN(2) == 0 {
			h.put(c, []byte("nobody"))
		}
		return
	}
	c := h.shy[0]
	h.shy = h.shy[1:]
	if h.IntN(2) == 0 {
		h.reset(c)
		return
	}
	h.closeWrite(c)
	h.eof(c)
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
		text = words[h.IntN(len(words))]
	case 1:
		text = deceptive[h.IntN(len(deceptive))]
	case 2:
		text = string(h.bytes(n))
	default:
		text = wordOf(n, h.Rand)
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
		roomOf(h.scene).told(m.lineOf(half+text), m)
		half = ""
	}
	h.put(m.Conn, []byte(data))
}

// begins lets m say the beginning of a line, which none hears yet.
func (h *salon) begins(m *member) {
	if m == nil || h.half[m] != "" {
		return
	}
	h.half[m] = "begun " + wordOf(h.IntN(5), h.Rand) + " "
	h.put(m.Conn, []byte(h.half[m]))
	h.consumed(m.Conn)
}

// goes lets m leave in some way. The beginning of a line is lost with it.
func (h *salon) goes(m *member) {
	if m == nil {
		return
	}
	delete(h.half, m)
	roomOf(h.scene).lose(m)
	switch way := h.deal("ways", 5); {
	case way == 0 && !m.deaf:
		h.put(m.Conn, []byte(strings.Repeat("long ", mostLine/5+1+h.IntN(900))+"\n"))
		h.over(m.Conn)
		m.Close()
	case way < 2:
		h.reset(m.Conn)
	case way == 2:
		h.closeConn(m.Conn)
	default:
		h.closeWrite(m.Conn)
		h.hearDue(m)
		h.eof(m.Conn)
		m.Close()
	}
}
