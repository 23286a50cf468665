package play

import (
	"math/rand/v2"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// lineCommands compare a server that answers lines with a model of it.
var lineCommands = []Command{{
	Name: "any-lines", Args: "[-late K] N", Group: "Limits of time",
	Summary: "N requests, drawn from the seed, from clients that come and go; each answer must be that of a model",
	Detail: "A request is a line, upper and a word, and its answer the word in capitals; any other line draws one " +
		"that begins with ERR. They come in rows of up to twelve, which may end inside a line whose rest comes " +
		"later. A client may leave between two requests or inside one, by a FIN or an RST. With -late no line is " +
		"cut but K times, when up to four clients fall silent inside one for $patience: each gets ERR timeout, its " +
		"rest gets no answer, and the next row does.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-late"})
		exactly(1, args)
		l := &lineTalk{scene: s, Rand: s.fill.source("lines")}
		if n := set["-late"]; n != "" {
			s.needPatience("any-lines -late")
			l.silent = count(n)
		}
		l.run(count(args[0]))
	},
}}

// mostWord is the longest word of a request of 4,096 bytes.
const mostWord = 4096 - len("upper \n")

// A lineTalk is all clients of any-lines.
type lineTalk struct {
	*scene
	*rand.Rand
	silent int // how many times clients fall silent
	guests [someGuests]*lineGuest
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
	defer func() { l.hurry = false }()
	l.hurryPastTimers(l.main())
	l.hurry = true
	mark, done, each := l.log.Mark(), 0, n
	if l.silent > 0 {
		each = max(1, n/l.silent)
	}
	for next := each; done < n; {
		l.log.Rewind(mark)
		l.record(record.Event{Kind: record.Note,
			What: record.Say("%d requests of several clients have been answered", done)})
		if l.silent > 0 && done >= next {
			next += each
			l.silences()
			continue
		}
		i := l.IntN(someGuests)
		done += l.turn(l.seat(i), l.silent == 0 && l.IntN(3) == 0)
		if l.IntN(5) == 0 {
			l.leaves(i)
		}
	}
	if l.silent > 0 {
		l.silences()
	}
	l.hurry = false
	l.log.Rewind(mark)
	l.record(record.Event{Kind: record.Note,
		What: record.Say("%d requests of several clients have been answered", done)})
}

// seat returns the client with this number; where there is none, one comes.
func (l *lineTalk) seat(i int) *lineGuest {
	if l.guests[i] == nil {
		l.guests[i] = &lineGuest{Conn: l.dial(string(rune('A'+i)), wire.Default)}
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
	l.put(g.Conn, []byte(data))
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
		got, failed, end := l.read(l.owner(c), c, len(want))
		if string(got) != want {
			l.record(record.Event{Kind: record.Note, Point: true, What: record.Say(
				"%s of %s answers of this row are right; the next should be %s", record.Count(i),
				record.Count(len(due)), record.Quoting([]byte(want), len(want), 60))})
			l.compare(c, []byte(want), got, failed, end)
		}
	}
}

// errLine reads a line that begins with ERR and a space.
func (l *lineTalk) errLine(c *wire.Conn) {
	const mark, most = "ERR ", 200
	got, failed, end := l.read(l.owner(c), c, len(mark))
	if string(got) != mark {
		l.compare(c, []byte(mark), got, failed, end)
	}
	for len(got) < most && got[len(got)-1] != '\n' {
		more, failed, end := l.read(l.owner(c), c, 1)
		if len(more) == 0 {
			l.compare(c, append(got, '\n'), got, failed, end)
		}
		got = append(got, more...)
	}
}

// leaves lets one client go, between two requests or inside one.
func (l *lineTalk) leaves(i int) {
	g := l.guests[i]
	l.guests[i] = nil
	if l.IntN(2) == 0 {
		l.reset(g.Conn)
		return
	}
	l.closeWrite(g.Conn)
	l.eof(g.Conn)
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
	some := l.Perm(someGuests)[:1+l.IntN(someGuests)]
	rests := map[int]string{}
	var began [someGuests]time.Time
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
		l.put(g.Conn, data)
		l.record(record.Event{Conn: g.Name, Kind: record.Out, Data: data, Size: len(data)})
		l.answers(g.Conn, due)
	}
	defer func() { l.haste = haste{} }()
	for _, i := range some {
		g := l.guests[i]
		l.haste = haste{}
		l.recv(g.Conn, []byte(timeoutLine))
		l.hasten(began[i].Add(2*l.sc.Patience - l.spare()))
		if passed := time.Since(began[i]); passed < l.sc.Patience-l.spare() {
			l.tooSoon(g.Name, "the first byte", passed, l.sc.Patience)
		}
		line, answer := l.request()
		for answer == "" {
			line, answer = l.request()
		}
		l.put(g.Conn, []byte(rests[i]+line))
		l.haste.spoke = time.Now()
		got, failed, end := l.read(l.owner(g.Conn), g.Conn, len(answer))
		data := []byte(rests[i] + line)
		l.record(record.Event{Conn: g.Name, Kind: record.Out, Data: data, Size: len(data)})
		l.compare(g.Conn, []byte(answer), got, failed, end)
	}
}

// timeoutLine is what a client gets whose request has no newline in time.
const timeoutLine = "ERR timeout\n"
