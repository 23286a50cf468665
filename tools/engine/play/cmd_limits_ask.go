package play

import (
	"bytes"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// An asking is what keep-asking does on one connection.
type asking struct {
	s     *scene
	c     *wire.Conn
	p     *program
	q     question
	limit time.Duration
	ends  bool // the program must end the connection when the limit is over

	begun time.Time // before the dial
	known time.Time // when the program had accepted, for certain
	last  time.Time // before the last question that was answered
	mark  int       // where in the timeline the questions begin
	after int       // how many answers have come too late
}

func (s *scene) keepAsking(args []string) {
	set, args := flags(args, []string{"-ended"}, nil)
	exactly(4, args)
	s.needPatience("keep-asking")
	a := &asking{s: s, limit: s.times(args[1]), ends: set["-ended"] != "", begun: time.Now()}
	a.q = question{ask: s.fill.text(args[2]), reply: s.fill.text(args[3])}
	a.c = s.dial(args[0], wire.Default)
	a.p = s.owner(a.c)
	a.last, a.mark = a.begun, s.log.Mark()
	for !a.over() {
		a.p.pause(s.sc.Patience / askShare)
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
	case failed != nil && len(got) == 0 && a.ends && time.Since(a.last) < a.s.sc.Patience-a.s.spare():
		a.ended()
		return true
	case failed != nil && time.Since(a.last) > a.s.sc.Patience-a.s.spare():
		a.s.late()
	case failed != nil && len(got) == 0 && !a.known.IsZero():
		a.cut()
	case !bytes.Equal(got, a.q.reply):
		a.s.record(record.Event{Conn: a.c.Name, Kind: record.Out, Data: a.q.ask, Size: len(a.q.ask)})
		a.s.compare(a.c, a.q.reply, got, failed, end)
	}
	if a.last = sent; a.known.IsZero() {
		a.known = time.Now()
		a.s.record(record.Event{Conn: a.c.Name, Kind: record.Note, What: record.Say("asks %s every %v, and is answered",
			record.Quoting(a.q.ask, len(a.q.ask), 20), inMillis(a.s.sc.Patience/askShare))})
	}
	a.lateAnswer(sent)
	return false
}

// ask sends the question and reads as much as its reply has.
func (a *asking) ask() (got []byte, failed error, end why) {
	if _, failed, end = a.s.give(a.c, a.q.ask); failed != nil && !a.ends || end == spun {
		return nil, failed, end
	}
	return a.s.read(a.p, a.c, len(a.q.reply))
}

// ended checks that a connection that has ended has had its time.
func (a *asking) ended() {
	kind, passed := record.InRST, time.Since(a.begun)
	if a.c.EOF {
		kind = record.InFIN
	}
	a.s.log.Add(record.Event{Conn: a.c.Name, Kind: kind})
	if a.s.rest(a.p); a.p.gone() {
		a.s.dead(a.p, record.Verdict{})
	}
	if passed < a.limit-a.s.spare() {
		a.s.tooSoon(a.c.Name, "the dial", passed, a.limit)
	}
}

// cut judges a connection that has ended between two questions. Whether by a FIN
// or by an RST is chance: the next question may have come just then.
func (a *asking) cut() {
	a.s.rest(a.p)
	if a.p.gone() {
		a.s.dead(a.p, record.Verdict{})
	}
	a.s.rejectAt(a.p, a.c.Name, record.Say("the connection has ended"), record.Verdict{Code: record.EarlyEOF,
		Evidence: a.s.gather(a.c, a.p), What: record.Say("%s asks every %v, and is answered; the %s ended the "+
			"connection %v after a question that it had answered; the limit is %v", a.c.Name,
			inMillis(a.s.sc.Patience/askShare), a.s.called(a.p),
			inMillis(time.Since(a.last)), inMillis(a.s.sc.Patience))})
}

// lateAnswer judges a program that has answered what was sent at that time, when
// the connection should have ended before.
func (a *asking) lateAnswer(sent time.Time) {
	s := a.s
	if !a.ends || sent.Sub(a.known) < a.limit+lateTimes*s.sc.Patience {
		return
	}
	if s.rest(a.p); a.after < lateAnswers {
		a.after++
		return
	}
	s.rejectAt(a.p, a.c.Name, record.Say("and it is still answered"), record.Verdict{Code: record.NoEOF, ByTime: true,
		Evidence: s.gather(a.c, a.p),
		What: record.Say("the connection was to be ended after %v, whatever %s does, and is still answered after %v",
			inMillis(a.limit), a.c.Name, inMillis(time.Since(a.begun)))})
}
