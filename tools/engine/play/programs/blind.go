package programs

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// How idle is judged where the system says what a program has used, and not whether it
// sleeps. A program that waits uses next to nothing, and one that spins as much as it
// gets. What it does not get, on a busy machine, is no time that it slept; so between
// the two lies a doubt, and no verdict comes of that.
const (
	blindIdle  = 500 * time.Millisecond // for how long it is watched at the least
	blindDoubt = 4 * time.Second        // and for how long at the most, while it is in doubt
	restShare  = 50                     // what uses less than one in so many of the time that passes is at rest
)

// idleBlind watches a program of which only the usage is known, in parts of equal
// length: what it still had to do at first is over in the second half.
func idleBlind(s *scene.Scene, p *scene.Instance, share time.Duration) {
	s.Quieten(p)
	start, seen := time.Now(), []sample{{0, p.Look().CPU}}
	if _, err := probe.UsageOf(p.Proc.PID()); err != nil && !p.Gone() {
		s.Lacks("this system does not tell how much processor time a program uses")
		return
	}
	for s.Ctx.Err() == nil {
		p.Pause(idlePause)
		used, err := probe.UsageOf(p.Proc.PID())
		if p.Gone() {
			s.Dead(p, record.Verdict{})
		}
		if err != nil {
			continue // it is ending
		}
		seen = append(seen, sample{time.Since(start), used.CPU})
		switch idleness(seen, share) {
		case spins:
			s.Judge(p, scene.Spun, scene.Owes{What: record.Say("%s", uselessly(s))})
		case atRest:
			return
		case undecided:
			s.Lacks("the machine is too busy for a verdict that rests on processor time alone")
			return
		}
	}
}

// A sample is how much processor time a program had used when so much time had passed.
type sample struct{ at, cpu time.Duration }

type idler int

const (
	watching idler = iota
	atRest
	spins
	undecided
)

// idleness judges a program that has nothing to do, from its samples. A program spins if
// it has used more than one in share of all the time, and of the second half, too: what
// it had left to do when the first sample was taken cannot fill both.
func idleness(seen []sample, share time.Duration) idler {
	first, last := seen[0], seen[len(seen)-1]
	passed, used := last.at-first.at, last.cpu-first.cpu
	if passed < blindIdle {
		return watching
	}
	half := seen[len(seen)/2]
	for _, s := range seen {
		if s.at-first.at >= passed/2 {
			half = s
			break
		}
	}
	lately := last.cpu - half.cpu
	switch {
	case used > idleCPU && used > passed/share && lately > (last.at-half.at)/share:
		return spins
	case lately < (last.at-half.at)/restShare:
		return atRest
	case passed > blindDoubt:
		return undecided
	}
	return watching
}
