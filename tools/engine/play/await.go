package play

import (
	"slices"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// How a wait ends when what was waited for does not happen. The rule is that
// waiting ends by proof, not by the clock:
//
// The program can never move again without new input when every one of its
// threads sleeps, no timer of its own is pending, and nothing is under way
// between it and the grader. To see that, look at both ends of every
// connection, the program's end first; look at its threads; look at the
// connections again. When all is equal and nothing is under way, it held at
// one moment in between, and then it holds forever.
//
// A dial that waits for an answer is a timer, too, the kernel's: it sends its
// SYN again, and gives up after a while.
//
// A program with a timer of its own may still move, so there time decides, but
// only time during which the program slept: a starved program is not asleep. A
// program that never sleeps is bounded by the processor time it used.
//
// All these limits start anew with each progress, so a program that always gets
// on a little would never meet them. Therefore the time is added up that it has
// had to itself: in which it ran, or slept although it has a timer. Neither the
// time in which it waited for a processor is counted, nor that in which the
// grader was late, nor the sleep of a program that only waits for others.
const (
	slice       = 2 * time.Millisecond   // how long one step waits before the program is looked at
	proofs      = 2                      // how many looks in a row must prove the same
	betweenThem = 500 * time.Millisecond // for how long the kernel may hold back what one program sends another
	timerGrace  = time.Second            // how long a program with a timer may sleep without progress
	spinLimit   = 300 * time.Millisecond // processor time without progress that proves a busy loop
	restLimit   = 60 * time.Millisecond  // processor time after which a program is not waited for
	timerRest   = 25 * time.Millisecond  // how long a program with a timer must sleep to be at rest
	calmLooks   = 20                     // how many looks must find a program asleep that wakes again and again
	CalmTime    = 4 * timerRest          // and for how long at the least
	blindRest   = 15 * time.Millisecond  // what a program gets in place of rest where there is no evidence of it
	restPause   = 500 * time.Microsecond // between two looks of rest
	raceSlower  = 10                     // how many times slower the race detector makes a program
	startLimit  = 3 * time.Second        // processor time until the announcement: an interpreter may need it
	oneLook     = 50 * time.Millisecond
	quietTime   = 300 * time.Millisecond // without progress: where nothing should come, and there is no evidence
	longAsleep  = 100 * time.Millisecond // after which it is looked at less often
	ownTime     = 3 * time.Second        // of its own that a program may take until one wait ends, grace apart
	allTime     = 5 * time.Second        // and in all waits of a scenario
	oneClient   = 5 * time.Millisecond   // and so much more for each client that has come
	lateStep    = 8 * time.Millisecond   // what is longer between two looks is the grader's own lateness
	glance      = 25 * time.Millisecond  // how often a program is looked at while something moves
	wallBound   = 90 * time.Second       // after this the machine is too busy to grade anything
)

// why says how a wait ended.
type why int

const (
	happened why = iota // what was waited for
	stuck               // proved: the program cannot move again
	slept               // the program slept too long, though it has a timer
	spun                // the program used processor time without progress
	ended               // the program has ended
	expired             // the scenario's bound on hanging is over
	unknown             // the machine is too busy, or gives no evidence
)

// A step does a little of what is waited for, in at most d.
type step func(d time.Duration) progress

type progress int

const (
	nothing progress = iota
	moved
	done
)

// A watch is one wait on one program.
type watch struct {
	s       *scene
	p       *program
	reading *wire.Conn    // the connection from which the step reads, or nil
	quiet   bool          // nothing is what should come
	limit   time.Duration // of processor time

	start   time.Time
	spent   time.Duration // the program's own time since then
	unsure  time.Duration // of that, since the kernel last told its delay
	idled   time.Duration // of that, asleep with a timer
	spentAt time.Time     // when that was counted last
	delay   time.Duration // how long the program had waited for a processor by then
	cpuAt   time.Duration // processor time at the last progress
	last    time.Time
	asleep  time.Duration // slept since the last progress
	proved  int
	lastRun uint64
	seen    Survey                     // the connections at the last look
	printed int64                      // what the program had printed at the last look
	others  map[*program]time.Duration // processor time of the other programs, when they were first looked at
	fresh   bool
}

// await repeats step until it is done or can never be.
func (s *scene) await(p *program, reading *wire.Conn, step step) why {
	return s.awaitLimit(p, reading, spinLimit, step)
}

func (s *scene) awaitLimit(p *program, reading *wire.Conn, limit time.Duration, step step) why {
	w := newWatch(s, p)
	w.reading, w.limit = reading, limit
	return w.until(step)
}

// awaitQuiet repeats step until it is done, or nothing more can come of it, which
// is what should happen. A system without evidence cannot prove that: there some
// time without progress must do.
func (s *scene) awaitQuiet(p *program, step step) why {
	w := newWatch(s, p)
	w.quiet, w.limit = true, spinLimit
	defer func() { s.spent -= w.idled }() // it slept because nothing should come
	return w.until(step)
}

func (w *watch) until(step step) why {
	s, p := w.s, w.p
	if s.prog.Race {
		w.limit *= raceSlower
	}
	for s.ctx.Err() == nil {
		s.pump()
		switch step(w.pace()) {
		case done:
			return happened
		case moved:
			w.fresh = true
			if time.Since(w.spentAt) < glance {
				continue
			}
			if w.spend(probe.Look(p.proc.PID()), glance); w.overspent() {
				return slept
			}
			continue
		}
		if end := w.look(); end != happened {
			return end
		}
	}
	return unknown
}

func newWatch(s *scene, p *program) *watch {
	now := time.Now()
	return &watch{s: s, p: p, start: now, spentAt: now, fresh: true}
}

// look looks at the program once and says whether waiting has become
// pointless; happened means that it has not.
func (w *watch) look() why {
	if time.Since(w.start) > wallBound {
		return unknown
	}
	if w.reading == nil && w.p.gone() {
		return ended
	}
	before := w.s.survey(w.reading)
	act := probe.Look(w.p.proc.PID())
	after := w.s.survey(w.reading)
	w.advance(after)
	if after.inKernel { // on a busy machine for long: a program that sleeps meanwhile waits for the kernel
		w.last, w.spentAt = time.Now(), time.Now()
	}
	w.account(act)
	w.spend(act, lateStep)
	switch {
	case act.State == probe.Gone:
		return w.afterEnd()
	case w.othersWork():
		w.asleep = 0
	case act.State == probe.Unknown:
		if w.quiet && w.asleep > quietTime {
			return slept
		}
		if w.asleep > w.s.sc.Timeout {
			return expired
		}
	case (act.State == probe.Asleep || act.State == probe.Stopped) && before.equal(after) && !after.underWay &&
		w.s.waitingDials(false) == 0 && !w.p.proc.Pending() && !w.s.mayStir(w.p):
		if w.proved++; w.proved >= proofs && (w.alone() || w.asleep > betweenThem) {
			return stuck
		}
		return happened
	case w.asleep > grace(w.s.sc):
		return slept
	case act.CPU-w.cpuAt > w.limit:
		return spun
	case w.overspent():
		if act.CPU-w.cpuAt > w.spent/3 {
			return spun // it ran more than it slept, and was starved before it met its limit
		}
		return slept
	}
	w.proved = 0
	return happened
}

// pace is how long the next step may wait. A program that waits for a timer of
// its own is looked at less often after a while: a look costs processor time.
func (w *watch) pace() time.Duration {
	if w.asleep > longAsleep {
		return 3 * slice
	}
	return slice
}

// alone reports whether no other program of the scenario is there.
func (w *watch) alone() bool {
	return !slices.ContainsFunc(w.s.programs, func(q *program) bool { return q != w.p && !q.gone() })
}

// othersWork reports whether another program of the scenario is at work, and has
// not been for long: it may be about to answer this one, on a connection that is
// none of the grader's. When both sleep, this one first, neither can wake the other.
func (w *watch) othersWork() bool {
	for _, q := range w.s.programs {
		if q == w.p || q.gone() {
			continue
		}
		act := probe.Look(q.proc.PID())
		if w.others == nil {
			w.others = map[*program]time.Duration{}
		}
		since, known := w.others[q]
		if !known {
			since, w.others[q] = act.CPU, act.CPU
		}
		if act.State == probe.Moving && act.CPU-since < w.limit {
			return true
		}
	}
	return false
}

// afterEnd decides what the end of the program means for a wait. The kernel
// ends its connections for it, so a step that reads will see how; only when
// nothing comes for a while does somebody else hold them.
func (w *watch) afterEnd() why {
	<-w.p.proc.Done() // the kernel has said so; now it is reaped and its status known
	if w.reading == nil {
		return ended
	}
	// That it was reaped late says nothing about what it sent before: at least a
	// second's worth of looks finds nothing.
	w.asleep += min(time.Since(w.last)+slice, oneLook)
	if w.asleep > timerGrace {
		return ended
	}
	return happened
}

// How long a program with a timer is watched: in all vigils of a scenario
// together, and in one of them when the timer comes again and again. A
// listener's deadline of ten seconds was set a moment before the vigil began.
const (
	vigilBound  = 10*time.Second + 500*time.Millisecond
	longVigil   = 30*time.Second + 500*time.Millisecond
	tickBound   = 5 * time.Second
	ticksBound  = 9 * time.Second         // all such vigils of a scenario together
	manyTicks   = 4                       // a timer that has fired so often, and done nothing, is a ticker
	tickPause   = 1500 * time.Millisecond // one silent for so long is none: a busy machine wakes programs, too
	vigilPause  = 10 * time.Millisecond
	vigilProofs = 2
	shortWait   = 100 * time.Millisecond // what SO_RCVTIMEO becomes with -forever
	manyJumps   = 3                      // timers that were due so often, and have done nothing, will do nothing
)

// Few visits are all made in lock-step; of many only the first ones are.
const (
	fewVisits = 10
	unhurried = 3
)

// glances is after how many moves it is seen anew whether the program has a timer.
const glances = 8

// fenceBound is how long the arrival of a FIN or an RST is waited for.
const fenceBound = 2 * time.Second
