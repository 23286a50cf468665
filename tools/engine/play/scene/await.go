package scene

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
	Slice       = 2 * time.Millisecond   // how long one step waits before the program is looked at
	proofs      = 2                      // how many looks in a row must prove the same
	betweenThem = 500 * time.Millisecond // for how long the kernel may hold back what one program sends another
	TimerGrace  = time.Second            // how long a program with a timer may sleep without progress
	SpinLimit   = 300 * time.Millisecond // processor time without progress that proves a busy loop
	swelling    = 64 << 20               // bytes; who has taken so many more has not spun
	restLimit   = 60 * time.Millisecond  // processor time after which a program is not waited for
	longRest    = time.Second            // or, before something is counted
	timerRest   = 25 * time.Millisecond  // how long a program with a timer must sleep to be at rest
	CalmLooks   = 20                     // how many looks must find a program asleep that wakes again and again
	CalmTime    = 4 * timerRest          // and for how long at the least
	blindRest   = 15 * time.Millisecond  // what a program gets in place of rest where there is no evidence of it
	RestPause   = 500 * time.Microsecond // between two looks of rest
	longPause   = 4 * time.Millisecond   // at the most, where a program sleeps, and the kernel's timers run
	RaceSlower  = 10                     // how many times slower the race detector makes a program
	StartLimit  = 3 * time.Second        // processor time until the announcement: an interpreter may need it
	OneLook     = 50 * time.Millisecond
	handOver    = 50 * time.Millisecond  // for how long the processes of a program must sleep, where it has several
	quietTime   = 300 * time.Millisecond // without progress: where nothing should come, and there is no evidence
	longAsleep  = 100 * time.Millisecond // after which it is looked at less often
	ownTime     = 3 * time.Second        // of its own that a program may take until one wait ends, grace apart
	allTime     = 5 * time.Second        // and in all waits of a scenario
	oneClient   = 5 * time.Millisecond   // and so much more for each client that has come
	manyClients = 100                    // and no longer where there are more
	lateStep    = 8 * time.Millisecond   // what is longer between two looks is the grader's own lateness
	Glance      = 25 * time.Millisecond  // how often a program is looked at while something moves
	timedGlance = 8 * time.Millisecond   // how often connections are, while it sleeps and has a timer
	WallBound   = 90 * time.Second       // after this the machine is too busy to grade anything
)

// Why says how a wait ended.
type Why int

const (
	Happened Why = iota // what was waited for
	Stuck               // proved: the program cannot move again
	Slept               // the program slept too long, though it has a timer
	Spun                // the program used processor time without progress
	Ended               // the program has ended
	Expired             // the scenario's bound on hanging is over
	Unknown             // the machine is too busy, or gives no evidence
)

// A Step does a little of what is waited for, in at most d.
type Step func(d time.Duration) Progress

// Progress is what a Step has achieved.
type Progress int

const (
	Nothing Progress = iota // nothing
	Moved                   // something, and there is more to come
	Done                    // what was waited for has happened
)

// A watch is one wait on one program.
type watch struct {
	s        *Scene
	p        *Instance
	reading  *wire.Conn    // the connection from which the step reads, or nil
	Quiet    bool          // nothing is what should come
	starting bool          // nothing had been seen of it at the last look
	Limit    time.Duration // of processor time

	start   time.Time
	spent   time.Duration // the program's own time since then
	unsure  time.Duration // of that, since the kernel last told its delay
	idled   time.Duration // of that, asleep with a timer
	spentAt time.Time     // when that was counted last
	delay   time.Duration // how long the program had waited for a processor by then
	cpuAt   time.Duration // processor time at the last progress
	memory  int64         // what the program occupied when it had used up its processor time last
	last    time.Time
	asleep  time.Duration // slept since the last progress
	proved  int
	lastRun uint64
	seen    Survey                      // the connections after the last look
	printed int64                       // what the program had printed at the last look
	others  map[*Instance]time.Duration // processor time of the other programs, when they were first looked at
	fresh   bool
	working bool // the last look found it moving

	sure     bool      // seen was true at the last look, and the grader has done nothing since
	surveyed time.Time // when the connections were looked at
}

// Await repeats step until it is done or can never be.
func (s *Scene) Await(p *Instance, reading *wire.Conn, step Step) Why {
	return s.AwaitLimit(p, reading, SpinLimit, step)
}

// AwaitLimit is Await with another limit of processor time that may be used without progress.
func (s *Scene) AwaitLimit(p *Instance, reading *wire.Conn, limit time.Duration, step Step) Why {
	w := NewWatch(s, p)
	w.reading, w.Limit = reading, limit
	return w.Until(step)
}

// AwaitQuiet repeats step until it is done, or nothing more can come of it, which
// is what should happen. A system without evidence cannot prove that: there some
// time without progress must do.
func (s *Scene) AwaitQuiet(p *Instance, step Step) Why {
	w := NewWatch(s, p)
	w.Quiet, w.Limit = true, SpinLimit
	defer func() { s.Spent -= w.idled }() // it slept because nothing should come
	return w.Until(step)
}

// Until repeats step until the wait is over, and returns why it is.
func (w *watch) Until(step Step) Why {
	s, p := w.s, w.p
	if s.Prog.Race {
		w.Limit *= RaceSlower
	}
	for s.Ctx.Err() == nil {
		s.Pump()
		switch step(w.pace()) {
		case Done:
			p.begun = true
			return Happened
		case Moved:
			w.fresh, w.sure = true, false
			if time.Since(w.spentAt) < Glance {
				continue
			}
			if w.spend(p.Look(), Glance); w.overspent() {
				return Slept
			}
			continue
		}
		if end := w.look(); end != Happened {
			return end
		}
	}
	return Unknown
}

// NewWatch begins a wait on p.
func NewWatch(s *Scene, p *Instance) *watch {
	now := time.Now()
	return &watch{s: s, p: p, start: now, spentAt: now, surveyed: now, fresh: true, starting: p.starting()}
}

// look looks at the program once and says whether waiting has become
// pointless; happened means that it has not.
func (w *watch) look() Why {
	if time.Since(w.start) > WallBound {
		return Unknown
	}
	if w.reading == nil && w.p.Gone() {
		return Ended
	}
	act, still := w.p.Look(), false
	w.working = act.State == probe.Moving
	if w.surveyDue(act) {
		act, still = w.around(act)
	} else {
		w.sure = false
	}
	if was := w.starting; was && !w.p.starting() {
		w.starting, w.fresh, w.spent = false, true, 0
	}
	w.account(act)
	w.spend(act, lateStep)
	switch {
	case act.State == probe.Gone:
		return w.afterEnd()
	case w.othersWork():
		w.asleep = 0
	case act.State == probe.Unknown:
		if w.Quiet && w.asleep > quietTime {
			return Slept
		}
		if w.asleep > w.s.Scenario.Timeout {
			return Expired
		}
	case (act.State == probe.Asleep || act.State == probe.Stopped) && still &&
		w.s.waitingDials(false) == 0 && !w.p.Proc.Pending() && !w.s.mayStir(w.p):
		if w.proved++; w.proved >= proofs && (w.alone() || w.asleep > betweenThem) && w.certain(act) {
			return Stuck
		}
		return Happened
	case w.asleep > grace(w.s.Scenario):
		return Slept
	case (act.CPU-w.cpuAt > w.spinLimit() || w.overspent()) && w.swells(act):
		return Happened
	case act.CPU-w.cpuAt > w.spinLimit():
		return Spun
	case w.overspent():
		if act.CPU-w.cpuAt > w.spent/3 {
			return Spun // it ran more than it slept, and was starved before it met its limit
		}
		return Slept
	}
	w.proved = 0
	return Happened
}

// certain looks at a sleeping program once more, and in full. Of several processes one
// may have been about to be started, or to hand something on, in the kernel's own time.
func (w *watch) certain(act probe.Activity) bool {
	return (len(act.PIDs) == 1 || w.asleep > handOver) && w.p.watcher.LookAnew().Same(act)
}

// surveyDue reports whether the connections are to be looked at. They prove nothing of a
// program that is at work, or has a timer: there only progress is seen, now and then, and
// before it is said that there was none. To ask costs more than all other looks. What the
// grader itself plays does its work meanwhile, as it does with each look at connections.
func (w *watch) surveyDue(act probe.Activity) bool {
	since := time.Since(w.surveyed)
	if act.CPU-w.cpuAt > w.spinLimit() || w.asleep+OneLook > grace(w.s.Scenario) {
		return true
	}
	switch {
	case act.State == probe.Moving:
		return since > Glance
	case act.State == probe.Gone, w.seen.inKernel, w.s.stirs():
		return true
	case w.seen.dials > 0: // the kernel's timer, and all sockets must be asked for
		return since > Glance
	case act.State == probe.Timed:
		return since > timedGlance
	}
	return true
}

// around looks at the connections after a look at the program. When they are known from
// before that look, too, it reports whether they were still all the while; else it looks
// once more in between.
func (w *watch) around(act probe.Activity) (probe.Activity, bool) {
	before := w.seen
	if !w.sure {
		before = w.s.Survey(w.reading)
		act = w.p.Look()
	}
	after := w.s.Survey(w.reading)
	w.sure, w.surveyed = true, time.Now()
	w.advance(after)
	if after.inKernel { // on a busy machine for long: a program that sleeps meanwhile waits for the kernel
		w.last, w.spentAt = w.surveyed, w.surveyed
	}
	return act, before.Equal(after) && !after.UnderWay
}

// spinLimit is the processor time without progress that proves a busy loop. A
// hundred clients who have come at once may each be owed as much work as one
// before the first of them gets anything.
func (w *watch) spinLimit() time.Duration {
	if w.starting {
		return max(w.Limit, StartLimit)
	}
	return w.Limit + time.Duration(min(w.s.dialled, manyClients))*oneClient
}

// pace is how long the next step may wait. A program that waits for a timer of
// its own is looked at less often after a while, and one that is at work, too: a look
// costs processor time.
func (w *watch) pace() time.Duration {
	if w.asleep > longAsleep || w.working {
		return 3 * Slice
	}
	return Slice
}

// alone reports whether no other program of the scenario is there.
func (w *watch) alone() bool {
	return !slices.ContainsFunc(w.s.Programs, func(q *Instance) bool { return q != w.p && !q.Gone() })
}

// othersWork reports whether another program of the scenario is at work, and has
// not been for long: it may be about to answer this one, on a connection that is
// none of the grader's. When both sleep, this one first, neither can wake the other.
func (w *watch) othersWork() bool {
	for _, q := range w.s.Programs {
		if q == w.p || q.Gone() {
			continue
		}
		act := q.Look()
		if w.others == nil {
			w.others = map[*Instance]time.Duration{}
		}
		since, known := w.others[q]
		if !known {
			since, w.others[q] = act.CPU, act.CPU
		}
		if act.State == probe.Moving && act.CPU-since < w.Limit {
			return true
		}
	}
	return false
}

// afterEnd decides what the end of the program means for a wait. The kernel
// ends its connections for it, so a step that reads will see how; only when
// nothing comes for a while does somebody else hold them.
func (w *watch) afterEnd() Why {
	<-w.p.Proc.Done() // the kernel has said so; now it is reaped and its status known
	if w.reading == nil {
		return Ended
	}
	// That it was reaped late says nothing about what it sent before: at least a
	// second's worth of looks finds nothing.
	w.asleep += min(time.Since(w.last)+Slice, OneLook)
	if w.asleep > TimerGrace {
		return Ended
	}
	return Happened
}

// How long a program with a timer is watched: in all vigils of a scenario
// together, and in one of them when the timer comes again and again. A
// listener's deadline of ten seconds was set a moment before the vigil began.
const (
	VigilBound  = 10*time.Second + 500*time.Millisecond
	LongVigil   = 30*time.Second + 500*time.Millisecond
	TickBound   = 5 * time.Second
	TicksBound  = 9 * time.Second         // all such vigils of a scenario together
	ManyTicks   = 4                       // a timer that has fired so often, and done nothing, is a ticker
	TickPause   = 1500 * time.Millisecond // one silent for so long is none: a busy machine wakes programs, too
	VigilPause  = 10 * time.Millisecond
	VigilProofs = 2
	ShortWait   = 100 * time.Millisecond // what SO_RCVTIMEO becomes with -forever
	Hasty       = 300 * time.Millisecond // a timer that is further away than that is not waited for with -forever
	ManyJumps   = 3                      // timers that were due so often, and have done nothing, will do nothing
)

// Few visits are all made in lock-step; of many only the first ones are.
const (
	FewVisits = 10
	Unhurried = 3
)

// Glances is after how many moves it is seen anew whether the program has a timer.
const Glances = 8

// FenceBound is how long the arrival of a FIN or an RST is waited for.
const FenceBound = 2 * time.Second
