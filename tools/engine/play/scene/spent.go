package scene

import (
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// spend adds to the program's own time what has passed since it was counted last,
// but at most most: the rest is the grader's lateness.
func (w *watch) spend(act probe.Activity, most time.Duration) {
	now := time.Now()
	if act.State == probe.Moving || act.State == probe.Timed {
		own := min(now.Sub(w.spentAt), most)
		w.unsure += own
		if act.State == probe.Timed {
			w.idled += own
			w.s.Idled += own
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

// count adds own to the time of this wait, and of the scenario. What a program needs to
// start counts for each start alone: a scenario may start many, each with an interpreter.
func (w *watch) count(own time.Duration) {
	if w.spent += own; !w.starting {
		w.s.Spent += own
	}
}

// overspent reports whether the program has had enough time of its own.
func (w *watch) overspent() bool {
	one, all := ownTime, allTime
	if w.s.Prog.Race {
		one, all = RaceSlower*one, RaceSlower*all
	}
	all += time.Duration(w.s.dialled) * oneClient
	more := grace(w.s.Scenario) - TimerGrace
	w.s.overspent = w.spent > one+more || w.s.Spent > all+more
	w.s.dozed = w.asleep
	return w.s.overspent
}

// advance notices progress that the step does not see: bytes that the program
// read or wrote, on any connection or on its standard output.
func (w *watch) advance(now Survey) {
	printed := min(w.p.Proc.Stdout().Total(), process.OutputLimit)
	if printed != w.printed || !now.Equal(w.seen) {
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
	return TimerGrace
}

// account adds up how long the program slept. What it did not sleep, it used
// as processor time, or it was starved, and that is nobody's fault.
func (w *watch) account(act probe.Activity) {
	now := time.Now()
	if w.fresh {
		w.fresh, w.asleep, w.cpuAt, w.proved = false, 0, act.CPU, 0
	} else if act.State != probe.Moving && act.Runs == w.lastRun || act.State == probe.Unknown {
		w.asleep += min(now.Sub(w.last), OneLook)
	}
	if act.Runs != w.lastRun {
		w.proved = 0
	}
	w.last, w.lastRun = now, act.Runs
}

// swells reports whether the program has used its time to take memory, and lets it go on if
// so: either it has enough soon, or the bound on memory tells what is wrong.
func (w *watch) swells(act probe.Activity) bool {
	memory, err := probe.Memory(act.PIDs)
	if err != nil || memory < w.memory+swelling {
		return false
	}
	w.count(-w.spent)
	w.memory, w.cpuAt, w.s.overspent = memory, act.CPU, false
	return true
}
