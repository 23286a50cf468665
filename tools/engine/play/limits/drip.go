package limits

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A dripping is what drip does on one connection.
type dripping struct {
	*stream.Dripper
	p      *scene.Instance
	ends   bool          // the program must end the connection
	stands time.Duration // for how long it must do nothing; 0 when it must do something
	reply  []byte        // what it must send

	begun time.Time // before the first piece was sent
	known time.Time // when the first piece had been read, for certain
	after int       // how many pieces it has read although its time was over
}

func drips(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-ends"}, []string{"-by", "-stands", "-reply", "-from"})
	argument.Exactly(2, args)
	s.NeedPatience("drip")
	by := 1
	if n := set["-by"]; n != "" {
		by = argument.Count(n)
	}
	d := &dripping{Dripper: stream.NewDripper(s, s.Conn(args[0]), string(s.Fill.Text(args[1])), by),
		ends: set["-ends"] != ""}
	d.p = s.Owner(d.C)
	switch {
	case set["-stands"] != "":
		d.stands = s.Times(set["-stands"])
	case set["-reply"] != "":
		d.reply = s.Fill.Text(set["-reply"])
	}
	if !d.ends && d.stands == 0 && d.reply == nil {
		panic(argument.Usage("what must come of it? -ends, -stands or -reply"))
	}
	s.Rest(d.p)
	s.Record(record.Event{Conn: d.C.Name, Kind: record.Note, What: record.Say("sends %s every %v, and no newline",
		record.Bytes(d.By), scene.InMillis(s.Scenario.Patience/dripShare))})
	d.begun = time.Now()
	d.Last = d.begun
	if mark := set["-from"]; mark != "" {
		if d.begun = marked(s, mark); d.stands > 0 {
			d.Last = d.begun // until now the program had as little to do as between two pieces
		}
	}
	for !d.over() {
		d.piece()
		d.p.Pause(s.Scenario.Patience / dripShare)
	}
}

// piece sends one piece, and waits until the program has read it, or never will.
func (d *dripping) piece() {
	s, sent := d.S, time.Now()
	read := d.Drop(d.read)
	if read && d.known.IsZero() {
		d.known = time.Now()
	}
	from := d.known
	if from.IsZero() {
		from = d.begun // it has read nothing at all
	}
	if d.stands > 0 || sent.Sub(from) < (1+lateTimes)*s.Scenario.Patience {
		return // if the connection has ended, over will see it
	}
	if s.Rest(d.p); d.after < lateAnswers || d.over() {
		d.after++
		return
	}
	d.fail(read)
}

// read waits until the program has read all that was sent, and reports whether
// it has.
func (d *dripping) read() bool {
	return scene.Happened == d.S.Await(d.p, nil, func(pause time.Duration) scene.Progress {
		ours, err := d.S.OurEnd(d.C)
		read, gone := stream.Taken(d.S, d.C)
		if read || err != nil || gone != nil || ours.State == probe.CloseWait || ours.Unread > 0 {
			return scene.Done
		}
		d.p.Pause(pause / 4)
		return scene.Nothing
	})
}

// over reports whether what comes of it has come, and was right.
func (d *dripping) over() bool {
	s, c := d.S, d.C
	if d.stands > 0 && time.Since(d.begun) > d.stands {
		s.Hasten(d.Last.Add(s.Scenario.Patience - s.Spare())) // for what ends it
		return true
	}
	one := make([]byte, max(1, len(d.reply)))
	n, err := c.Read(one, 0)
	passed := time.Since(d.begun)
	switch {
	case n == 0 && err == wire.ErrLater:
		return false
	case d.Longest() > s.Scenario.Patience-s.Spare():
		s.Late()
	case passed < s.Scenario.Patience-s.Spare() || d.stands > 0:
		d.soon(one[:n], err, passed)
	case n == 0 && d.ends:
		d.end(err)
	case n == 0:
		s.Hangup(c, err, scene.Owes{What: record.Say("nothing had come back"), Want: d.reply, Compare: true})
	case d.ends:
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: one[:n], Size: n})
		s.Reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, where only the end of the connection was expected", scene.Plus(n)), Got: one[:n],
			Compare: true})
	default:
		more, failed, end := stream.Read(s, d.p, c, len(d.reply)-n)
		stream.Compare(s, c, d.reply, append(one[:n:n], more...), failed, end)
	}
	return true
}

// end records how the connection has ended.
func (d *dripping) end(err error) {
	kind := record.InRST
	if err != wire.ErrReset {
		kind = record.InFIN
	}
	d.S.Log.Add(record.Event{Conn: d.C.Name, Kind: kind})
	if d.S.Rest(d.p); d.p.Gone() && d.S.Kind() == "server" {
		d.S.Dead(d.p, record.Verdict{})
	}
}

// soon judges what has come while the program had still time to wait.
func (d *dripping) soon(got []byte, err error, passed time.Duration) {
	if len(got) > 0 {
		d.S.Record(record.Event{Conn: d.C.Name, Kind: record.In, Data: got, Size: len(got)})
	} else {
		d.end(err)
	}
	tooSoon(d.S, d.C.Name, "the first byte", passed, max(d.stands, d.S.Scenario.Patience))
}

// fail judges a program that goes on reading, or has stopped and keeps the
// connection. It does not return.
func (d *dripping) fail(read bool) {
	s, code, does := d.S, record.Silence, "reads on"
	if d.ends {
		code = record.NoEOF
	}
	if !read {
		does = "does not read it any more, nor end the connection"
	}
	s.RejectAt(d.p, d.C.Name, record.Say("and nothing comes of it"), record.Verdict{Code: code, ByTime: true,
		Evidence: s.Gather(d.C, d.p),
		What: record.Say("%s has sent a little again and again for %v, the limit is %v, and the %s %s", d.C.Name,
			scene.InMillis(time.Since(d.begun)), scene.InMillis(s.Scenario.Patience), s.Called(d.p), does)})
}
