package chat

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// An act is what one client does at a moment at which others act, too.
type act struct {
	*member
	comes  bool     // it enters in this moment
	ends   string   // "", "FIN" or "RST": it leaves in this moment
	events []string // what the others hear of it, in order
}

// moment lets several clients do something while the program is stopped. When it
// goes on it finds all of that at once.
func (h *salon) moment() {
	for _, m := range roomOf(h.Scene).members {
		m.deaf = false
	}
	hearAll(h.Scene)
	h.Hurry = false
	p := h.Main()
	stream.Halt(h.Scene, p)
	h.Hurry = true
	acts := h.acts()
	for _, a := range acts {
		h.perform(a)
	}
	h.Hurry = false
	p.GoOn()
	h.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	h.Rest(p)
	h.aftermath(acts)
}

// acts draws what is done at a moment, and by whom.
func (h *salon) acts() (all []*act) {
	taken := roomOf(h.Scene).names()
	for _, i := range h.Perm(len(roomOf(h.Scene).members))[:1+h.IntN(len(roomOf(h.Scene).members))] {
		all = append(all, h.actOf(roomOf(h.Scene).members[i]))
	}
	for range h.IntN(1 + min(3, mostInside-len(roomOf(h.Scene).members))) {
		m := &member{name: h.freeName(taken)}
		taken = append(taken, m.name)
		a := &act{member: m, comes: true, events: []string{joinedLine(m.name)}}
		h.lines(a)
		if h.IntN(3) == 0 {
			a.ends, a.events = "FIN", append(a.events, leftLine(m.name))
		}
		all = append(all, a)
	}
	h.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// actOf draws what one does who is inside already.
func (h *salon) actOf(m *member) *act {
	a := &act{member: m}
	switch {
	case m == h.host || h.IntN(3) > 0:
		h.lines(a)
	case h.half[m] == "" && h.IntN(2) == 0:
		a.ends, a.events = "RST", []string{leftLine(m.name)}
	default:
		h.lines(a)
		a.ends, a.events = "FIN", append(a.events, leftLine(m.name))
	}
	return a
}

// lines lets a say some lines, no two of which are alike.
func (h *salon) lines(a *act) {
	for i := range h.IntN(8) {
		text := fmt.Sprintf("moment %d, line %d", h.moved, i+1)
		if i == 0 {
			text = h.half[a.member] + text
			delete(h.half, a.member)
		}
		a.events = append(a.events, a.lineOf(text))
	}
}

// perform does what a is to do, while the program is stopped.
func (h *salon) perform(a *act) {
	var data string
	if a.comes {
		a.Conn = h.connect()
		data = a.name + "\n"
	}
	for _, e := range a.events {
		if text, said := strings.CutPrefix(e, a.name+": "); said {
			if _, rest, begun := strings.Cut(text, " moment "); begun && strings.HasPrefix(text, "begun ") {
				text = "moment " + rest // the first words have been sent before
			}
			data += text
		}
	}
	if data != "" {
		stream.Put(h.Scene, a.Conn, []byte(data))
	}
	switch a.ends {
	case "FIN":
		delete(h.half, a.member)
		stream.CloseWrite(h.Scene, a.Conn)
	case "RST":
		stream.Reset(h.Scene, a.Conn)
	}
}

// aftermath checks what each has heard of a moment, and brings the room up to date.
func (h *salon) aftermath(acts []*act) {
	old := slices.Clone(roomOf(h.Scene).members)
	of := func(m *member) *act {
		for _, a := range acts {
			if a.member == m {
				return a
			}
		}
		return nil
	}
	witness(h.Scene, &observer{member: h.host, acts: acts, old: old}, volume(h.host, acts))
	for _, a := range acts {
		if a.ends != "" {
			roomOf(h.Scene).members = slices.DeleteFunc(roomOf(h.Scene).members,
				func(m *member) bool { return m == a.member })
		}
	}
	fence := fmt.Sprintf("after moment %d", h.moved)
	stream.Put(h.Scene, h.host.Conn, []byte(fence+"\n"))
	for _, m := range old {
		if a := of(m); m != h.host && (a == nil || a.ends == "") {
			witness(h.Scene, &observer{member: m, acts: acts, old: old, fence: h.host.lineOf(fence)}, volume(m, acts))
		}
	}
	for _, a := range acts {
		o := &observer{member: a.member, acts: acts, old: old, comes: a.comes}
		switch {
		case a.ends == "FIN":
			o.parts = true
			witness(h.Scene, o, -1)
			a.Close()
		case a.comes:
			o.fence = h.host.lineOf(fence)
			witness(h.Scene, o, -1)
			roomOf(h.Scene).members = append(roomOf(h.Scene).members, a.member)
		}
	}
}

// volume is how many bytes one hears of a moment who is inside all the time.
func volume(m *member, acts []*act) (n int) {
	for _, a := range acts {
		if a.member != m {
			n += len(strings.Join(a.events, ""))
		}
	}
	return n
}

// witness reads what o has heard of a moment, n bytes if that is known, and its
// fence, and checks it.
func witness(s *scene.Scene, o *observer, n int) {
	testify(s, o, n, func(got []byte, wrong *misheard) { wrongly(s, o.Conn, got, wrong) })
}

// testify is witness, but calls reject for what cannot have been.
func testify(s *scene.Scene, o *observer, n int, reject func(got []byte, wrong *misheard)) {
	var got []byte
	var failed error
	end := scene.Happened
	if n >= 0 {
		got, failed, end = stream.Read(s, s.Main(), o.Conn, n+len(o.fence))
	} else {
		got, failed, end = readUntil(s, o.Conn, o.fence)
	}
	if failed == io.EOF && o.parts {
		failed = nil
	}
	o.cut = failed != nil || end != scene.Happened
	if wrong := o.judge(string(got)); wrong != nil {
		reject(got, wrong)
	}
	if !o.cut {
		return
	}
	owed := scene.Owes{Code: record.Silence, Conn: o.Conn, What: record.Say("nothing more came")}
	if o.parts {
		owed.Code = record.NoEOF
	} else if missing := o.misses(); missing != nil {
		owed.Want, owed.Compare, owed.Note = []byte(missing.want), true, record.Say("%s: %s", o.Name, missing.why)
	}
	if failed != nil {
		s.Hangup(o.Conn, failed, owed)
	}
	s.Judge(s.Main(), end, owed)
}

// readUntil reads until what came ends with fence, or to the end of the stream
// when that is empty.
func readUntil(s *scene.Scene, c *wire.Conn, fence string) (got []byte, failed error, end scene.Why) {
	return stream.ReadUntil(s, s.Main(), c, math.MaxInt, func(got []byte) bool {
		return fence != "" && strings.HasSuffix(string(got), fence)
	})
}

// wrongly fails because of what one heard.
func wrongly(s *scene.Scene, c *wire.Conn, got []byte, wrong *misheard) {
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
	s.Reject(c.Name, record.Say("no order of what was done allows that"), record.Verdict{Code: record.WrongBytes,
		What: record.Say("%s: %s", c.Name, wrong.why), Want: []byte(wrong.want), Got: []byte(wrong.got), Compare: true})
}
