package limits

import (
	"math/rand/v2"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// lineCommands compare a server that answers lines with a model of it.
var lineCommands = []scene.Command{{
	Name: "any-lines", Args: "[-late K] N", Group: "Time limits",
	Summary: "N requests, drawn from the seed, from clients that come and go; each answer must be that of a model",
	Detail: "A request is a line, upper and a word, and its answer the word in capitals; any other line draws one " +
		"that begins with ERR. They come in rows of up to twelve, which may end inside a line whose rest comes " +
		"later. A client may leave between two requests or inside one, with a FIN or an RST. With -late no line is " +
		"cut but K times, when up to four clients fall silent inside one for $patience: each gets ERR timeout, its " +
		"rest gets no answer, and the next row does.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-late"})
		argument.Exactly(1, args)
		l := &lineTalk{Scene: s, Rand: s.Fill.Source("lines")}
		if n := set["-late"]; n != "" {
			s.NeedPatience("any-lines -late")
			l.silent = argument.Count(n)
		}
		l.run(argument.Count(args[0]))
	},
}}

// mostWord is the longest word of a request of 4,096 bytes.
const mostWord = 4096 - len("upper \n")

// A lineTalk is all clients of any-lines.
type lineTalk struct {
	*scene.Scene
	*rand.Rand
	silent int // how many times clients fall silent
	guests [resp.SomeGuests]*lineGuest
}

// A lineGuest is one of them.
type lineGuest struct {
	*wire.Conn
	rest string   // of the line that it is in the middle of
	due  []string // the answer to that line
}

// word draws a word of printable bytes.
func (l *lineTalk) word() string {
	n := []int{1, 2, 5, 9, 40, 300}[l.IntN(6)]
	switch l.IntN(60) {
	case 0:
		n = mostWord
	case 1:
		n = mostWord - 1 - l.IntN(3)
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + l.IntN('~'-'!'+1))
		if l.IntN(2) == 0 {
			b[i] = byte('a' + l.IntN(26))
		}
	}
	return string(b)
}

// request draws a line. What is no request has no answer here: only its ERR is
// promised, and the rest of the line is the server's own.
func (l *lineTalk) request() (line, answer string) {
	if l.IntN(6) > 0 {
		w := l.word()
		return "upper " + w + "\n", strings.ToUpper(w) + "\n"
	}
	bad := []string{"", "upper", "upper ", "upper  a", "upper a b", " upper a", "UPPER a", "Upper a", "lower a", "a",
		"upper\ta", "ERR timeout", "upper a ", "uppera", l.word()}
	return bad[l.IntN(len(bad))] + "\n", ""
}

func (l *lineTalk) run(n int) {
	defer func() { l.Hurry = false }()
	l.HurryPastTimers(l.Main())
	l.Hurry = true
	mark, done, each := l.Log.Mark(), 0, n
	if l.silent > 0 {
		each = max(1, n/l.silent)
	}
	for next := each; done < n; {
		l.Log.Rewind(mark)
		l.Record(record.Event{Kind: record.Note,
			What: record.Say("%d requests of several clients have been answered", done)})
		if l.silent > 0 && done >= next {
			next += each
			l.silences()
			continue
		}
		i := l.IntN(resp.SomeGuests)
		done += l.turn(l.seat(i), l.silent == 0 && l.IntN(3) == 0)
		if l.IntN(5) == 0 {
			l.leaves(i)
		}
	}
	if l.silent > 0 {
		l.silences()
	}
	l.Hurry = false
	l.Log.Rewind(mark)
	l.Record(record.Event{Kind: record.Note,
		What: record.Say("%d requests of several clients have been answered", done)})
}

// seat returns the client with this number; where there is none, one comes.
func (l *lineTalk) seat(i int) *lineGuest {
	if l.guests[i] == nil {
		l.guests[i] = &lineGuest{Conn: l.Dial(string(rune('A'+i)), wire.Default)}
	}
	return l.guests[i]
}

// turn sends the rest of a line and a row more, which may be cut inside a line.
func (l *lineTalk) turn(g *lineGuest, cut bool) int {
	data, due := g.rest, g.due
	g.rest, g.due = "", nil
	for range 1 + l.IntN(12) {
		line, answer := l.request()
		data, due = data+line, append(due, answer)
	}
	if cut {
		line, answer := l.request()
		for len(line) < 2 {
			line, answer = l.request()
		}
		at := 1 + l.IntN(len(line)-1)
		data, g.rest, g.due = data+line[:at], line[at:], []string{answer}
	}
	stream.Put(l.Scene, g.Conn, []byte(data))
	l.answers(g.Conn, due)
	return len(due)
}

// answers reads as many lines as there were requests. One that is empty in due
// is a line that begins with ERR.
func (l *lineTalk) answers(c *wire.Conn, due []string) {
	for i, want := range due {
		if want == "" {
			l.errLine(c)
			continue
		}
		got, failed, end := stream.Read(l.Scene, l.Owner(c), c, len(want))
		if string(got) != want {
			l.Record(record.Event{Kind: record.Note, Point: true, What: record.Say(
				"%s of %s answers of this row are right; the next should be %s", record.Count(i),
				record.Count(len(due)), record.Quoting([]byte(want), len(want), 60))})
			stream.Compare(l.Scene, c, []byte(want), got, failed, end)
		}
	}
}

// errLine reads a line that begins with ERR and a space.
func (l *lineTalk) errLine(c *wire.Conn) {
	const mark, most = "ERR ", 200
	got, failed, end := stream.Read(l.Scene, l.Owner(c), c, len(mark))
	if string(got) != mark {
		stream.Compare(l.Scene, c, []byte(mark), got, failed, end)
	}
	for len(got) < most && got[len(got)-1] != '\n' {
		more, failed, end := stream.Read(l.Scene, l.Owner(c), c, 1)
		if len(more) == 0 {
			stream.Compare(l.Scene, c, append(got, '\n'), got, failed, end)
		}
		got = append(got, more...)
	}
}

// leaves lets one client go, between two requests or inside one.
func (l *lineTalk) leaves(i int) {
	g := l.guests[i]
	l.guests[i] = nil
	if l.IntN(2) == 0 {
		stream.Reset(l.Scene, g.Conn)
		return
	}
	stream.CloseWrite(l.Scene, g.Conn)
	stream.Eof(l.Scene, g.Conn)
	g.Close()
}

// before draws what comes in one piece with the beginning of a late line: most
// often nothing.
func (l *lineTalk) before() (data string, due []string) {
	for range max(0, l.IntN(6)-3) {
		line, answer := l.request()
		data, due = data+line, append(due, answer)
	}
	return data, due
}

// silences lets some clients fall silent inside a line until the limit is over.
func (l *lineTalk) silences() {
	some := l.Perm(resp.SomeGuests)[:1+l.IntN(resp.SomeGuests)]
	rests := map[int]string{}
	var began [resp.SomeGuests]time.Time
	for _, i := range some {
		g := l.seat(i)
		line, _ := l.request()
		line = strings.Repeat("x", l.IntN(2)) + line
		for len(line) < 2 {
			line, _ = l.request()
		}
		at := 1 + l.IntN(len(line)-1)
		rests[i] = line[at:]
		before, due := l.before()
		data := []byte(before + line[:at])
		began[i] = time.Now()
		stream.Put(l.Scene, g.Conn, data)
		l.Record(record.Event{Conn: g.Name, Kind: record.Out, Data: data, Size: len(data)})
		l.answers(g.Conn, due)
	}
	defer func() { l.Haste = scene.Haste{} }()
	for _, i := range some {
		g := l.guests[i]
		l.Haste = scene.Haste{}
		stream.Recv(l.Scene, g.Conn, []byte(timeoutLine))
		l.Hasten(began[i].Add(2*l.Scenario.Patience - l.Spare()))
		if passed := time.Since(began[i]); passed < l.Scenario.Patience-l.Spare() {
			tooSoon(l.Scene, g.Name, "the first byte", passed, l.Scenario.Patience)
		}
		line, answer := l.request()
		for answer == "" {
			line, answer = l.request()
		}
		stream.Put(l.Scene, g.Conn, []byte(rests[i]+line))
		l.Haste.Spoke = time.Now()
		got, failed, end := stream.Read(l.Scene, l.Owner(g.Conn), g.Conn, len(answer))
		data := []byte(rests[i] + line)
		l.Record(record.Event{Conn: g.Name, Kind: record.Out, Data: data, Size: len(data)})
		stream.Compare(l.Scene, g.Conn, []byte(answer), got, failed, end)
	}
}

// timeoutLine is what a client gets whose request has no newline in time.
const timeoutLine = "ERR timeout\n"
