package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A dripping is what drip does on one connection.
type dripping struct {
	*dripper
	p      *program
	ends   bool          // the program must end the connection
	stands time.Duration // for how long it must do nothing; 0 when it must do something
	reply  []byte        // what it must send

	begun time.Time // before the first piece was sent
	known time.Time // when the first piece had been read, for certain
	after int       // how many pieces it has read although its time was over
}

func (s *scene) dripping(args []string) {
	set, args := flags(args, []string{"-ends"}, []string{"-by", "-stands", "-reply", "-from"})
	exactly(2, args)
	s.needPatience("drip")
	by := 1
	if n := set["-by"]; n != "" {
		by = count(n)
	}
	d := &dripping{dripper: s.dripper(s.conn(args[0]), string(s.fill.text(args[1])), by), ends: set["-ends"] != ""}
	d.p = s.owner(d.c)
	switch {
	case set["-stands"] != "":
		d.stands = s.times(set["-stands"])
	case set["-reply"] != "":
		d.reply = s.fill.text(set["-reply"])
	}
	if !d.ends && d.stands == 0 && d.reply == nil {
		panic(usage("what must come of it? -ends, -stands or -reply"))
	}
	s.rest(d.p)
	s.record(record.Event{Conn: d.c.Name, Kind: record.Note, What: record.Say("sends %s every %v, and no newline",
		record.Bytes(d.by), inMillis(s.sc.Patience/dripShare))})
	d.begun = time.Now()
	d.last = d.begun
	if mark := set["-from"]; mark != "" {
		if d.begun = s.marked(mark); d.stands > 0 {
			d.last = d.begun // until now the program had as little to do as between two pieces
		}
	}
	for !d.over() {
		d.piece()
		d.p.pause(s.sc.Patience / dripShare)
	}
}

// piece sends one piece, and waits until the program has read it, or never will.
func (d *dripping) piece() {
	s, sent := d.s, time.Now()
	read := d.drop(d.read)
	if read && d.known.IsZero() {
		d.known = time.Now()
	}
	from := d.known
	if from.IsZero() {
		from = d.begun // it has read nothing at all
	}
	if d.stands > 0 || sent.Sub(from) < (1+lateTimes)*s.sc.Patience {
		return // if the connection has ended, over will see it
	}
	if s.rest(d.p); d.after < lateAnswers || d.over() {
		d.after++
		return
	}
	d.fail(read)
}

// read waits until the program has read all that was sent, and reports whether
// it has.
func (d *dripping) read() bool {
	return happened == d.s.await(d.p, nil, func(pause time.Duration) progress {
		ours, err := d.s.ourEnd(d.c)
		read, gone := d.s.taken(d.c)
		if read || err != nil || gone != nil || ours.State == probe.CloseWait || ours.Unread > 0 {
			return done
		}
		d.p.pause(pause / 4)
		return nothing
	})
}

// over reports whether what comes of it has come, and was right.
func (d *dripping) over() bool {
	s, c := d.s, d.c
	if d.stands > 0 && time.Since(d.begun) > d.stands {
		s.hasten(d.last.Add(s.sc.Patience - s.spare())) // for what ends it
		return true
	}
	one := make([]byte, max(1, len(d.reply)))
	n, err := c.Read(one, 0)
	passed := time.Since(d.begun)
	switch {
	case n == 0 && err == wire.ErrLater:
		return false
	case d.longest() > s.sc.Patience-s.spare():
		s.late()
	case passed < s.sc.Patience-s.spare() || d.stands > 0:
		d.soon(one[:n], err, passed)
	case n == 0 && d.ends:
		d.end(err)
	case n == 0:
		s.hangup(c, err, owes{what: record.Say("nothing had come back"), want: d.reply, compare: true})
	case d.ends:
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: one[:n], Size: n})
		s.reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, where only the end of the connection was expected", plus(n)), Got: one[:n],
			Compare: true})
	default:
		more, failed, end := s.read(d.p, c, len(d.reply)-n)
		s.compare(c, d.reply, append(one[:n:n], more...), failed, end)
	}
	return true
}

// end records how the connection has ended.
func (d *dripping) end(err error) {
	kind := record.InRST
	if err != wire.ErrReset {
		kind = record.InFIN
	}
	d.s.log.Add(record.Event{Conn: d.c.Name, Kind: kind})
	if d.s.rest(d.p); d.p.gone() && d.s.kind() == "server" {
		d.s.dead(d.p, record.Verdict{})
	}
}

// soon judges what has come while the program had still time to wait.
func (d *dripping) soon(got []byte, err error, passed time.Duration) {
	if len(got) > 0 {
		d.s.record(record.Event{Conn: d.c.Name, Kind: record.In, Data: got, Size: len(got)})
	} else {
		d.end(err)
	}
	d.s.tooSoon(d.c.Name, "the first byte", passed, max(d.stands, d.s.sc.Patience))
}

// fail judges a program that goes on reading, or has stopped and keeps the
// connection. It does not return.
func (d *dripping) fail(read bool) {
	s, code, does := d.s, record.Silence, "reads on"
	if d.ends {
		code = record.NoEOF
	}
	if !read {
		does = "does not read it any more, nor end the connection"
	}
	s.rejectAt(d.p, d.c.Name, record.Say("and nothing comes of it"), record.Verdict{Code: code, ByTime: true,
		Evidence: s.gather(d.c, d.p),
		What: record.Say("%s has sent a little again and again for %v, the limit is %v, and the %s %s", d.c.Name,
			inMillis(time.Since(d.begun)), inMillis(s.sc.Patience), s.called(d.p), does)})
}
