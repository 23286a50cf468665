package scene

import (
	"time"

	"loopback/tools/engine/probe"
)

// Rest waits until the program has handled all it was given: every thread
// sleeps, or it has ended. The grader speaks only then, so that what it sees
// does not depend on who was faster. A program that never rests is not waited
// for longer than a little of its processor time, and the next time less.
func (s *Scene) Rest(p *Instance) {
	if !s.Hurry && !p.Gone() {
		s.untilQuiet(p)
	}
	p.Drain()
}

// RestLong is rest before something is counted that a program may still have to put
// away: that of hundreds of clients takes more of its processor time than is waited for
// elsewhere. One that sleeps and is not at rest, as far as can be seen, is not waited for.
func RestLong(s *Scene, p *Instance) {
	for begun := p.Look().CPU; ; {
		before := p.Look().CPU
		p.Restless = false
		s.Rest(p)
		now := p.Look().CPU
		if !p.Restless || p.Gone() || now-before < restLimit || now-begun > longRest {
			return
		}
	}
}

// Blind reports whether this system does not say what p does.
func (s *Scene) Blind(p *Instance) bool {
	return !p.Gone() && p.Look().State == probe.Unknown
}

// Quieten is rest before something that cannot be taken back, such as a signal. Where
// the system does not say that p is at rest, nothing must come of it for some time.
func (s *Scene) Quieten(p *Instance) {
	s.Rest(p)
	if s.Blind(p) {
		s.AwaitQuiet(p, p.Looking(func() bool { return false }))
	}
}

// blindFor is for how long nothing must come of a program, where the system does not say
// when it is at rest. What it does about a client that has gone is not seen at all.
func (s *Scene) blindFor() time.Duration {
	before := s.stood
	if s.stood = len(s.Open()); s.stood < before {
		return quietTime
	}
	return blindRest
}

// InTime is rest before a look at what p has printed, or done. Where the system does
// not say that p is at rest, it may come later: then it is waited for, as bytes are.
// It reports whether it was seen at all.
func (s *Scene) InTime(p *Instance, there func() bool) bool {
	s.Rest(p)
	if there() || !s.Blind(p) {
		return there()
	}
	s.Await(p, nil, p.Looking(there))
	return there()
}

// Looking is a step that only looks whether what is waited for is there.
func (p *Instance) Looking(there func() bool) Step {
	return func(d time.Duration) Progress {
		if there() {
			return Done
		}
		p.Pause(d)
		return Nothing
	}
}

func (s *Scene) untilQuiet(p *Instance) {
	w := NewWatch(s, p)
	limit, grace := restLimit, TimerGrace
	if p.Restless {
		limit, grace = limit/6, grace/6
	}
	var timed probe.Activity // the first of equal looks that found a timer
	var since time.Time
	distant := unasked
	calm := Calmness{Printed: -1}
	blind := s.blindFor()
	var after Survey // behind the last look, where that was sure that it slept
	sure, pause := false, RestPause
	resting := func() { s.Spent -= w.idled } // it was done already: to watch that takes the grader's time, not its own
	for time.Since(w.start) < WallBound && !p.Gone() && s.Ctx.Err() == nil {
		s.Pump()
		act, before, still := p.Look(), after, false
		if moves := act.State == probe.Moving && !act.Napping; moves {
			sure = false
		} else {
			if !sure {
				before = s.Survey(nil)
				act = p.Look()
			}
			after, sure = s.Survey(nil), true
			still = !after.UnderWay && before.Equal(after) && !p.Proc.Pending()
		}
		dozes := still && act.State == probe.Timed && act.Same(timed)
		switch {
		case calm.look(p, before, act, still):
			resting()
			return
		case act.State == probe.Unknown:
			if calm.Lull.IsZero() || p.Proc.Pending() {
				calm.Lull = time.Now()
			} else if time.Since(calm.Lull) > blind {
				return
			}
		case still && act.State == probe.Asleep, still && act.State == probe.Stopped:
			p.Restless = false
			return
		case dozes:
			// Its timer may be one of a few microseconds, as the runtime uses
			// while a panic is being printed.
			if distant == yes || time.Since(since) > timerRest {
				resting()
				return
			}
			if distant == unasked { // and before the answer counts it is seen asleep once more
				distant = timerIsDistant(p)
			}
		default:
			timed, since, distant = act, time.Now(), unasked
		}
		w.account(act)
		if act.CPU-w.cpuAt > limit || w.asleep > grace {
			p.Restless = true
			s.defers = s.defers || w.asleep > grace && sure && after.shaking
			return
		}
		// Whether it has run in between the next look tells, too.
		if pause *= 2; !dozes && (!sure || !after.UnderWay) {
			pause = RestPause
		}
		p.Pause(min(pause, longPause))
	}
}

// What timerIsDistant answers.
const unasked, yes, no = 0, 1, 2

// distantTimer is the shortest timer for which no program waits that is still handling what
// it was given.
const distantTimer = 10 * timerRest

// timerIsDistant reports whether p, which sleeps, had nothing to do for longer than that when
// it fell asleep, but for what others send it.
func timerIsDistant(p *Instance) int {
	if d, known := probe.Timeout(p.Proc.PID()); known && d >= distantTimer {
		return yes
	}
	return no
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
func (c *Calmness) look(p *Instance, now Survey, act probe.Activity, still bool) bool {
	return c.After(p.Proc.Stdout().Total()+p.Proc.Stderr().Total(), now, act, still)
}

// After is look, for a program that has printed so many bytes.
func (c *Calmness) After(printed int64, now Survey, act probe.Activity, still bool) bool {
	if printed != c.Printed || !now.Equal(c.seen) {
		begun := time.Now()
		*c = Calmness{since: begun, seen: now, Printed: printed, Lull: begun, used: act.CPU + act.Delay}
	}
	if still && act.State == probe.Timed {
		c.looks++
	}
	return c.looks >= CalmLooks && time.Since(c.since) > CalmTime || c.hardlyRuns(act, still)
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

// Pause lets a hurried scene wait once until the program is at rest.
func (s *Scene) Pause() {
	s.Hurry = false
	s.Rest(s.Main())
	s.Hurry = true
}

// HurryPastTimers makes a scene not wait for rest any more where the program has
// a timer, for then it takes long to see that it rests: a virtual machine has
// some that never cease. What is expected comes in the same order all the same.
func (s *Scene) HurryPastTimers(p *Instance) {
	s.Rest(p)
	s.Hurry = p.Look().State == probe.Timed
}
