package limits

import (
	"bytes"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// An asking is what keep-asking does on one connection.
type asking struct {
	s     *scene.Scene
	c     *wire.Conn
	p     *scene.Instance
	q     resp.Question
	limit time.Duration
	ends  bool // the program must end the connection when the limit is over

	begun time.Time // before the dial
	known time.Time // when the program had accepted, for certain
	last  time.Time // before the last question that was answered
	mark  int       // where in the timeline the questions begin
	after int       // how many answers have come too late
}

func keepAsking(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-ended"}, nil)
	argument.Exactly(4, args)
	s.NeedPatience("keep-asking")
	a := &asking{s: s, limit: s.Times(args[1]), ends: set["-ended"] != "", begun: time.Now()}
	a.q = resp.Question{Ask: s.Fill.Text(args[2]), Reply: s.Fill.Text(args[3])}
	a.c = s.Dial(args[0], wire.Default)
	a.p = s.Owner(a.c)
	a.last, a.mark = a.begun, s.Log.Mark()
	for !a.over() {
		a.p.Pause(s.Scenario.Patience / askShare)
	}
}

// over asks once, and reports whether that was enough.
func (a *asking) over() bool {
	if !a.ends && time.Since(a.begun) > a.limit {
		return true
	}
	sent := time.Now()
	got, failed, end := a.ask()
	switch {
	case failed != nil && len(got) == 0 && a.ends && time.Since(a.last) < a.s.Scenario.Patience-a.s.Spare():
		a.ended()
		return true
	case failed != nil && time.Since(a.last) > a.s.Scenario.Patience-a.s.Spare():
		a.s.Late()
	case failed != nil && len(got) == 0 && !a.known.IsZero():
		a.cut()
	case !bytes.Equal(got, a.q.Reply):
		a.s.Record(record.Event{Conn: a.c.Name, Kind: record.Out, Data: a.q.Ask, Size: len(a.q.Ask)})
		stream.Compare(a.s, a.c, a.q.Reply, got, failed, end)
	}
	if a.last = sent; a.known.IsZero() {
		a.known = time.Now()
		a.s.Record(record.Event{Conn: a.c.Name, Kind: record.Note, What: record.Say("asks %s every %v, and is answered",
			record.Quoting(a.q.Ask, len(a.q.Ask), 20), scene.InMillis(a.s.Scenario.Patience/askShare))})
	}
	a.lateAnswer(sent)
	return false
}

// ask sends the question and reads as much as its reply has.
func (a *asking) ask() (got []byte, failed error, end scene.Why) {
	if _, failed, end = stream.Give(a.s, a.c, a.q.Ask); failed != nil && !a.ends || end == scene.Spun {
		return nil, failed, end
	}
	return stream.Read(a.s, a.p, a.c, len(a.q.Reply))
}

// ended checks that a connection that has ended has had its time.
func (a *asking) ended() {
	kind, passed := record.InRST, time.Since(a.begun)
	if a.c.EOF {
		kind = record.InFIN
	}
	a.s.Log.Add(record.Event{Conn: a.c.Name, Kind: kind})
	if a.s.Rest(a.p); a.p.Gone() {
		a.s.Dead(a.p, record.Verdict{})
	}
	if passed < a.limit-a.s.Spare() {
		tooSoon(a.s, a.c.Name, "the dial", passed, a.limit)
	}
}

// cut judges a connection that has ended between two questions. Whether by a FIN
// or by an RST is chance: the next question may have come just then.
func (a *asking) cut() {
	a.s.Rest(a.p)
	if a.p.Gone() {
		a.s.Dead(a.p, record.Verdict{})
	}
	a.s.RejectAt(a.p, a.c.Name, record.Say("the connection has ended"), record.Verdict{Code: record.EarlyEOF,
		Evidence: a.s.Gather(a.c, a.p), What: record.Say("%s asks every %v, and is answered; the %s ended the "+
			"connection %v after a question that it had answered; the limit is %v", a.c.Name,
			scene.InMillis(a.s.Scenario.Patience/askShare), a.s.Called(a.p),
			scene.InMillis(time.Since(a.last)), scene.InMillis(a.s.Scenario.Patience))})
}

// lateAnswer judges a program that has answered what was sent at that time, when
// the connection should have ended before.
func (a *asking) lateAnswer(sent time.Time) {
	s := a.s
	if !a.ends || sent.Sub(a.known) < a.limit+lateTimes*s.Scenario.Patience {
		return
	}
	if s.Rest(a.p); a.after < lateAnswers {
		a.after++
		return
	}
	s.RejectAt(a.p, a.c.Name, record.Say("and it is still answered"), record.Verdict{Code: record.NoEOF, ByTime: true,
		Evidence: s.Gather(a.c, a.p),
		What: record.Say("the connection was to be ended after %v, whatever %s does, and is still answered after %v",
			scene.InMillis(a.limit), a.c.Name, scene.InMillis(time.Since(a.begun)))})
}
