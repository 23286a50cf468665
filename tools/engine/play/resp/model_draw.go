package resp

import (
	"math/rand/v2"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// A player draws commands, and knows what they must come to.
type player struct {
	*rand.Rand
	model *store
	keys  []string
}

// newPlayer has keys that are easily taken for another.
func newPlayer(from *rand.Rand) *player {
	keys := []string{"", "a", "A", "a ", " a", "a\r\n", "a\x00", "\x00", "\r\n", "\n", "0", "00", "-1", "$-1\r\n",
		"*1\r\n", "é", "e\u0301", "\xff", "\xfe", "\ufffd"}
	for _, n := range []int{16, 255, 256, 1000, 5000} { // two that differ at their end, and one in front
		long := strings.Repeat("key ", n/4+1)[:n-1]
		keys = append(keys, long+"a", long+"b", "c"+long)
	}
	return &player{from, NewStore(), keys}
}

func (p *player) pick(of ...string) string { return of[p.IntN(len(of))] }

func (p *player) key() string { return p.keys[p.IntN(len(p.keys))] }

// someKeys returns one to six keys, perhaps one of them twice.
func (p *player) someKeys() (all []string) {
	for range 1 + p.IntN(6) {
		all = append(all, p.key())
	}
	return all
}

// value draws any bytes, sometimes many.
func (p *player) value() string {
	n := []int{0, 1, 8, 100, 600, 5000}[p.IntN(6)]
	if p.IntN(40) == 0 {
		n = 70_000
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(p.IntN(256))
	}
	return p.pick("", "", "", "\r\n", "$5\r\n", "$-1\r\n", "*1\r\n$4\r\nPING\r\n", "+OK\r\n") + string(b) +
		p.pick("", "", "", "\r\n", "\r", "\x00", " ")
}

// name writes a name in capitals and small letters.
func (p *player) name(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] |= byte(p.IntN(2)) << 5
	}
	return string(b)
}

// command draws the words of one command.
func (p *player) command() []string {
	switch p.IntN(16) {
	case 0:
		return []string{p.name("PING")}
	case 1:
		return []string{p.name("ECHO"), p.value()}
	case 2, 3, 4, 5, 6:
		return []string{p.name("SET"), p.key(), p.value()}
	case 7, 8, 9, 10, 11:
		return []string{p.name("GET"), p.key()}
	case 12, 13:
		return append([]string{p.name("DEL")}, p.someKeys()...)
	case 14:
		return append([]string{p.pick("", " GET", "GET ", "GET\r\n", "GE", "SETT", "DELETE", "\x00", "QUIT", "$3", "*1",
			p.value())}, p.someKeys()...)
	}
	wrong := [][]string{{"PING", p.key()}, {"ECHO"}, {"ECHO", "a", p.key()}, {"SET"}, {"SET", p.key()},
		{"SET", p.key(), "a", "b"}, {"GET"}, {"GET", p.key(), p.key()}, {"DEL"}}
	return wrong[p.IntN(len(wrong))]
}

// briefRow draws a few commands whose replies are short, and carries them out: a
// reset behind them, for what is unread, must not overtake the replies.
func (p *player) briefRow() (all []Question) {
	for range 1 + p.IntN(2) {
		all = append(all, p.model.Questions([]string{p.name("SET"), p.key(), p.value()},
			append([]string{p.name("DEL")}, p.someKeys()...), []string{"PING", ""})...)
	}
	return all
}

// row draws some commands and carries them out.
func (p *player) row() (all []Question) {
	for range 1 + p.IntN(40) {
		all = append(all, p.model.Questions(p.command())...)
	}
	return all
}

// nonsense draws the beginning of what is no command.
func (p *player) nonsense() string {
	return p.pick("*x\r\n", "*0x1\r\n", "*1\r\n*4\r\n", "*1\r\n$4\nPING\r\n",
		"*1\r\n$4\r\nPING\n\n", "*2\r\n$3\r\nSETT\r\n",
		"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$x\r\n", "*2\r\n$3\r\nDEL\r\n$1\r\na\rx", "*2\r\n$5\r\nHELLO\r\n$3\r\nabcde",
		"*1025\r\n", "*1\r\n$1048577\r\n", "*1\r\n$-1\r\n")
}

// A guest is one of several clients, and what it still owes of a command.
type guest struct {
	*wire.Conn
	rest []byte
	left []string // the command whose rest that is
}

// SomeGuests is how many clients are there at the same time.
const SomeGuests = 4

func modelled(s *scene.Scene, n int) {
	p := newPlayer(s.Fill.Source("commands"))
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	s.Hurry = true
	guests := make([]*guest, SomeGuests)
	mark, done := s.Log.Mark(), 0
	for done < n {
		s.Log.Rewind(mark)
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("%d commands of several clients have been answered", done)})
		i := p.IntN(SomeGuests)
		if guests[i] == nil {
			guests[i] = &guest{Conn: s.Dial(string(rune('A'+i)), wire.Default)}
		}
		done += turn(s, p, guests[i])
		if p.IntN(4) == 0 {
			parting(s, p, guests[i])
			guests[i] = nil
		}
	}
	s.Hurry = false
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d commands of several clients have been answered", done)})
}

// turn lets one client send the rest of its last command, and a row more, which
// may end inside a command.
func turn(s *scene.Scene, p *player, g *guest) int {
	data := g.rest
	var due []Question
	if len(g.rest) > 0 {
		due = p.model.Questions(g.left)
	}
	for _, q := range p.row() {
		data = append(data, q.Ask...)
		due = append(due, q)
	}
	if g.rest = nil; p.IntN(3) == 0 {
		g.left = p.command()
		ask := RespOf(g.left)
		cut := 1 + p.IntN(len(ask)-1)
		data, g.rest = append(data, ask[:cut]...), ask[cut:]
	}
	stream.Put(s, g.Conn, data)
	recvEach(s, g.Conn, due)
	return len(due)
}

// parting lets one client leave, in whichever way.
func parting(s *scene.Scene, p *player, g *guest) {
	way := p.IntN(3)
	switch {
	case way == 0:
		stream.Reset(s, g.Conn)
	case way == 1 && len(g.rest) == 0:
		good := p.briefRow()
		var data []byte
		for _, q := range good {
			data = append(data, q.Ask...)
		}
		stream.Put(s, g.Conn, append(data, p.nonsense()...))
		refused(s, g.Conn, good)
	default:
		stream.CloseWrite(s, g.Conn)
		stream.Eof(s, g.Conn)
		g.Close()
	}
}
