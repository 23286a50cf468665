package play

import (
	"time"

	"loopback/tools/engine/probe"
)

// rest waits until the program has handled all it was given: every thread
// sleeps, or it has ended. The grader speaks only then, so that what it sees
// does not depend on who was faster. A program that never rests is not waited
// for longer than a little of its processor time, and the next time less.
func (s *scene) rest(p *program) {
	if !s.hurry && !p.gone() {
		s.untilQuiet(p)
	}
	p.drain()
}

func (s *scene) untilQuiet(p *program) {
	w := newWatch(s, p)
	limit, grace := restLimit, timerGrace
	if p.restless {
		limit, grace = limit/6, grace/6
	}
	var timed probe.Activity // the first of equal looks that found a timer
	var since time.Time
	calm := Calmness{Printed: -1}
	resting := func() { s.spent -= w.idled } // it was done already: to watch that takes the grader's time, not its own
	for time.Since(w.start) < wallBound && !p.gone() && s.ctx.Err() == nil {
		s.pump()
		before := s.survey(nil)
		act := probe.Look(p.proc.PID())
		still := !before.underWay && before.equal(s.survey(nil)) && !p.proc.Pending()
		switch {
		case calm.look(p, before, act, still):
			resting()
			return
		case act.State == probe.Unknown:
			if blind := time.Since(calm.Lull); calm.Lull.IsZero() || p.proc.Pending() {
				calm.Lull = time.Now()
			} else if blind > blindRest {
				return
			}
		case still && act.State == probe.Asleep, still && act.State == probe.Stopped:
			p.restless = false
			return
		case still && act.State == probe.Timed && act.Same(timed):
			// Its timer may be one of a few microseconds, as the runtime uses
			// while a panic is being printed.
			if time.Since(since) > timerRest {
				resting()
				return
			}
		default:
			timed, since = act, time.Now()
		}
		w.account(act)
		if act.CPU-w.cpuAt > limit || w.asleep > grace {
			p.restless = true
			return
		}
		p.pause(restPause)
	}
}

// Calmness is what the looks have in common since the program last did anything
// that can be seen. A program that wakes every few milliseconds to look around,
// on a busy machine, is never seen asleep twice without having run in between;
// between its timers it is at rest all the same. Of hundreds of threads some
// runtime's own timer wakes one during every look.
type Calmness struct {
	looks   int // that found it asleep with a timer
	since   time.Time
	seen    Survey
	Printed int64
	Lull    time.Time     // since when it has hardly run
	used    time.Duration // processor time, had or waited for, by then
}

// calmShare is the part of the time that a program at rest may run, or wait for
// a processor: one in so many.
const calmShare = 50

// look takes one more look into account, and reports whether they are enough.
func (c *Calmness) look(p *program, now Survey, act probe.Activity, still bool) bool {
	return c.After(p.proc.Stdout().Total()+p.proc.Stderr().Total(), now, act, still)
}

// After is look, for a program that has printed so many bytes.
func (c *Calmness) After(printed int64, now Survey, act probe.Activity, still bool) bool {
	if printed != c.Printed || !now.equal(c.seen) {
		begun := time.Now()
		*c = Calmness{since: begun, seen: now, Printed: printed, Lull: begun, used: act.CPU + act.Delay}
	}
	if still && act.State == probe.Timed {
		c.looks++
	}
	return c.looks >= calmLooks && time.Since(c.since) > CalmTime || c.hardlyRuns(act, still)
}

// hardlyRuns reports whether the program has slept nearly all the time for long
// enough. A look that finds a thread ready to run begins anew: how long it has
// waited for a processor the kernel says only when it has got one. A program that
// has ended will be reaped in a moment.
func (c *Calmness) hardlyRuns(act probe.Activity, still bool) bool {
	used, lull := act.CPU+act.Delay, time.Since(c.Lull)
	moves := act.State == probe.Moving && !act.Napping || act.State == probe.Gone
	if !still || moves || used-c.used > max(lull, CalmTime)/calmShare {
		c.Lull, c.used = time.Now(), used
		return false
	}
	return lull > CalmTime
}
