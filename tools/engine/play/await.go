package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
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
	slice      = 2 * time.Millisecond   // how long one step waits before the program is looked at
	proofs     = 2                      // how many looks in a row must prove the same
	timerGrace = time.Second            // how long a program with a timer may sleep without progress
	spinLimit  = 300 * time.Millisecond // processor time without progress that proves a busy loop
	restLimit  = 60 * time.Millisecond  // processor time after which a program is not waited for
	timerRest  = 25 * time.Millisecond  // how long a program with a timer must sleep to be at rest
	calmLooks  = 20                     // how many looks must find a program asleep that wakes again and again
	CalmTime   = 4 * timerRest          // and for how long at the least
	blindRest  = 5 * time.Millisecond   // what a program gets in place of rest where there is no evidence of it
	restPause  = 500 * time.Microsecond // between two looks of rest
	raceSlower = 10                     // how many times slower the race detector makes a program
	startLimit = 3 * time.Second        // processor time until the announcement: an interpreter may need it
	oneLook    = 50 * time.Millisecond
	quietTime  = 300 * time.Millisecond // without progress: where nothing should come, and there is no evidence
	longAsleep = 100 * time.Millisecond // after which it is looked at less often
	ownTime    = 3 * time.Second        // of its own that a program may take until one wait ends, grace apart
	allTime    = 5 * time.Second        // and in all waits of a scenario
	oneClient  = 5 * time.Millisecond   // and so much more for each client that has come
	lateStep   = 8 * time.Millisecond   // what is longer between two looks is the grader's own lateness
	glance     = 25 * time.Millisecond  // how often a program is looked at while something moves
	wallBound  = 90 * time.Second       // after this the machine is too busy to grade anything
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
	seen    Survey // the connections at the last look
	printed int64  // what the program had printed at the last look
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

// spend adds to the program's own time what has passed since it was counted last,
// but at most most: the rest is the grader's lateness.
func (w *watch) spend(act probe.Activity, most time.Duration) {
	now := time.Now()
	if act.State == probe.Moving || act.State == probe.Timed {
		own := min(now.Sub(w.spentAt), most)
		w.unsure += own
		if act.State == probe.Timed {
			w.idled += own
		}
		w.count(own)
	}
	if w.delay > 0 && act.Delay > w.delay {
		// How long a thread waited for a processor is known only when it has got one.
		// What was counted meanwhile was not the program's own.
		w.count(-min(act.Delay-w.delay, w.unsure))
		w.unsure = 0
	}
	w.spentAt, w.delay = now, act.Delay
}

func (w *watch) count(own time.Duration) {
	w.spent += own
	w.s.spent += own
}

// overspent reports whether the program has had enough time of its own.
func (w *watch) overspent() bool {
	one, all := ownTime, allTime
	if w.s.prog.Race {
		one, all = raceSlower*one, raceSlower*all
	}
	all += time.Duration(w.s.dialled) * oneClient
	more := grace(w.s.sc) - timerGrace
	w.s.overspent = w.spent > one+more || w.s.spent > all+more
	return w.s.overspent
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
	w.account(act)
	w.spend(act, lateStep)
	switch {
	case act.State == probe.Gone:
		return w.afterEnd()
	case act.State == probe.Unknown:
		if w.quiet && w.asleep > quietTime {
			return slept
		}
		if w.asleep > w.s.sc.Timeout {
			return expired
		}
	case (act.State == probe.Asleep || act.State == probe.Stopped) && before.equal(after) && !after.underWay &&
		w.s.waitingDials(false) == 0 && !w.p.proc.Pending() && !w.s.mayStir(w.p):
		if w.proved++; w.proved >= proofs {
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

// advance notices progress that the step does not see: bytes that the program
// read or wrote, on any connection or on its standard output.
func (w *watch) advance(now Survey) {
	printed := min(w.p.proc.Stdout().Total(), process.OutputLimit)
	if printed != w.printed || !now.equal(w.seen) {
		w.fresh = true
	}
	w.seen, w.printed = now, printed
}

// grace is how long a program that has a timer of its own may sleep without
// progress before time decides.
func grace(sc *scenario.Scenario) time.Duration {
	if sc.Patient {
		return sc.Timeout
	}
	return timerGrace
}

// account adds up how long the program slept. What it did not sleep, it used
// as processor time, or it was starved, and that is nobody's fault.
func (w *watch) account(act probe.Activity) {
	now := time.Now()
	if w.fresh {
		w.fresh, w.asleep, w.cpuAt, w.proved = false, 0, act.CPU, 0
	} else if act.State != probe.Moving && act.Runs == w.lastRun || act.State == probe.Unknown {
		w.asleep += min(now.Sub(w.last), oneLook)
	}
	if act.Runs != w.lastRun {
		w.proved = 0
	}
	w.last, w.lastRun = now, act.Runs
}

// pace is how long the next step may wait. A program that waits for a timer of
// its own is looked at less often after a while: a look costs processor time.
func (w *watch) pace() time.Duration {
	if w.asleep > longAsleep {
		return 3 * slice
	}
	return slice
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

// describe says how far what was sent on c has come, from the kernel's tables.
func (s *scene) describe(c *wire.Conn) record.Phrase {
	theirs, err := s.net.TCP(c.Remote, c.Local)
	switch {
	case err != nil:
		return record.Phrase{}
	case theirs.Inode == 0 && theirs.State == probe.Established:
		return record.Say("%s's connection waits in the accept queue: the program has not accepted it", c.Name)
	case theirs.State == probe.CloseWait && theirs.Unread > 1:
		return record.Say("%s it has not read wait in its socket, and after them %s's FIN",
			record.Amount(int(theirs.Unread-1)), c.Name)
	case theirs.State == probe.CloseWait && theirs.Unread == 1:
		return record.Say("it has not read %s's FIN, which waits in its socket", c.Name)
	case theirs.State == probe.CloseWait:
		return record.Say("it has read everything, %s's FIN included, and has not closed: its socket is "+
			"in CLOSE-WAIT", c.Name)
	case theirs.Unread > 0:
		return record.Say("%s it has not read wait in its socket", record.Amount(int(theirs.Unread)))
	case c.Sent() > 0 && c.WroteFIN():
		return record.Say("it has read all that %s sent, and %s's FIN", c.Name, c.Name)
	case c.Sent() > 0:
		return record.Say("it has read all that %s sent", c.Name)
	}
	return record.Phrase{}
}
