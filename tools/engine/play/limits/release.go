package limits

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A releasing is what released-by watches.
type releasing struct {
	s     *scene.Scene
	c     *wire.Conn
	p     *scene.Instance
	until time.Time
	mark  string
	limit time.Duration

	proofs int // how often it was seen asleep, and late
	spin   spinning
	sips   bool
	next   time.Time // when the client reads again
	last   time.Time // when it let the program write more
	mouth  uint64    // until the program has written more than this
}

func releasedBy(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-sipping"}, nil)
	argument.Exactly(3, args)
	s.NeedPatience("released-by")
	c := s.Conn(args[2])
	r := &releasing{s: s, c: c, p: s.Owner(c), mark: args[0], limit: s.Times(args[1]), sips: set["-sipping"] != ""}
	r.until = marked(s, r.mark).Add(r.limit + s.Spare())
	r.last, r.next = time.Now(), time.Now().Add(s.Scenario.Patience/sipShare)
	if r.watch(); r.sips {
		s.Record(record.Event{Conn: c.Name, Kind: record.Note,
			What: record.Say("%s reads a little now and then", c.Name)})
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("the %s has closed its end of %s", s.Kind(), c.Name)})
}

// watch returns when the program has closed its end in time.
func (r *releasing) watch() {
	s := r.s
	for s.Holds(r.c) {
		switch act := r.p.Look(); {
		case s.Ctx.Err() != nil || act.State == probe.Unknown:
			return
		case time.Since(r.until) > scene.WallBound:
			s.Late()
		case !r.sips && r.spin.seen(s, act, r.until):
			s.Judge(r.p, scene.Spun, scene.Owes{Code: record.Wait, Conn: r.c,
				What: record.Say("its end of %s is still open", r.c.Name)})
		case act.State != probe.Timed && act.State != probe.Asleep || time.Now().Before(r.until):
			r.proofs = 0
		default:
			r.proofs++
		}
		if r.proofs >= scene.VigilProofs {
			r.fail()
		}
		s.Pump()
		r.sip()
		r.p.Pause(scene.Slice / 2)
	}
	// What has been closed since the last look may have been closed too late, too; and
	// one that could not write for so long may have given up for that.
	if time.Since(r.until) > s.Scenario.Patience/sureShare || r.sips &&
		time.Since(r.last) > s.Scenario.Patience-s.Spare() {
		s.Late()
	}
}

// sureShare is the part of $patience by which the grader may look too late to see
// that the end was closed, and sipShare that between two times at which the client
// reads.
const (
	sureShare = 8
	sipShare  = 2
)

// sip reads a little when it is time for that, until the program could write more.
func (r *releasing) sip() {
	if !r.sips || time.Now().Before(r.next) {
		return
	}
	if r.mouth == 0 {
		r.mouth = r.written()
	}
	r.c.Read(make([]byte, sipSize), 0) // that it fails is seen by whether the program has its end
	if theirs, _ := r.s.Net.TCP(r.c.Remote, r.c.Local); r.written() > r.mouth || theirs.NotSent+theirs.Unacked == 0 {
		now := time.Now()
		r.mouth, r.last, r.next = 0, now, now.Add(r.s.Scenario.Patience/sipShare)
	}
}

// sipSize is how much is read at a time.
const sipSize = 4 << 10

// written is how many bytes the program has written to the connection.
func (r *releasing) written() uint64 {
	theirs, err := r.s.Net.TCP(r.c.Remote, r.c.Local)
	if err != nil {
		return 0
	}
	return theirs.Sent - theirs.Resent + uint64(theirs.NotSent)
}

// A spinning is what a program has used of the processor since its time was over.
type spinning struct {
	begun bool
	cpu   time.Duration // what it had used when it was first seen after that
}

// seen reports whether the program has run for long although its time was over at until. It is
// allowed as much as a program that starts, for it may tidy up.
func (w *spinning) seen(s *scene.Scene, act probe.Activity, until time.Time) bool {
	switch {
	case time.Now().Before(until):
		return false
	case !w.begun:
		w.begun, w.cpu = true, act.CPU
	}
	limit := scene.StartLimit
	if s.Prog.Race {
		limit *= scene.RaceSlower
	}
	return act.CPU-w.cpu > limit
}

// fail judges a program that sleeps although its time is over.
func (r *releasing) fail() {
	did := "has not ended its stream"
	if r.sips {
		did = "reads a little now and then"
	}
	r.s.RejectAt(r.p, r.c.Name, record.Say("its end of %s is still open", r.c.Name), record.Verdict{Code: record.Wait,
		Evidence: r.s.Gather(r.c, r.p),
		What: record.Say("%s %s, and the %s still has its end of the connection %v after %s", r.c.Name, did,
			r.s.Kind(), scene.InMillis(r.limit), r.mark)})
}
