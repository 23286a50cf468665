package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

const (
	idleLooks = 10
	idlePause = 8 * time.Millisecond
	idleCPU   = 60 * time.Millisecond  // processor time before a share of it says anything
	idleTime  = 250 * time.Millisecond // of its own that a program is watched which wakes all the time
	idleShare = 5                      // who uses a fifth of its time or more is not waiting
	dozeShare = 2                      // and of one that may look again after each short sleep, half of it
	idleWakes = 1000                   // a second: more is a loop that looks again and again
)

// idle waits for evidence on either side: enough looks in a row that find the
// program asleep, or processor time that is no small part of the time in which
// it could have slept. A starved spinner gives neither, so the look goes on. A
// program that wakes now and then, as for a clock of its own, gives the second.
func (s *scene) idle(args []string) {
	set, args := flags(args, []string{"-asleep", "-dozing"}, nil)
	exactly(0, args)
	share := time.Duration(idleShare)
	if set["-dozing"] != "" {
		share = dozeShare
	}
	p := s.main()
	s.rest(p)
	if s.blind(p) {
		s.blindIdle(p, share)
		return
	}
	start := time.Now()
	first := probe.Look(p.proc.PID())
	last, quiet := first, 0
	for quiet < idleLooks {
		p.pause(idlePause)
		act := probe.Look(p.proc.PID())
		used, own := used(first, act, time.Since(start))
		switch {
		case p.gone():
			s.dead(p, record.Verdict{})
		case used > idleCPU && used > own/share:
			s.judge(p, spun, owes{what: record.Say("%s", s.uselessly())})
		case own > idleTime && set["-asleep"] != "" && act.Runs-first.Runs > uint64(own.Seconds()*idleWakes):
			s.wakeful(p)
		case own > idleTime && used < own/share && (act.State != probe.Moving || act.Napping):
			return // and it does not wait for a processor, which the kernel would not have told yet
		case time.Since(start) > wallBound, s.ctx.Err() != nil:
			s.judge(p, unknown, owes{})
		case act.State != probe.Moving && act.Same(last):
			quiet++
		}
		last = act
	}
}

// uselessly says of a program that spins whether a client waits for something:
// to be accepted, to be read from, or for what has been read and not written.
func (s *scene) uselessly() string {
	asked := s.kind() == "client"
	for _, c := range s.open() {
		theirs, err := s.theirEnd(c)
		asked = asked || err == nil &&
			(theirs.Inode == 0 || theirs.Unread > 0 || theirs.Counted && theirs.Holding() > 0)
	}
	if asked {
		return "nothing comes of it"
	}
	return "it was not asked for anything"
}

// used returns the processor time between two looks, and the time that the
// program had for itself: what has passed without that in which it was ready to
// run and had to wait.
func used(first, last probe.Activity, passed time.Duration) (cpu, own time.Duration) {
	cpu = max(last.CPU-first.CPU, 0)
	return cpu, max(passed-max(last.Delay-first.Delay, 0), cpu)
}

// wakeful fails a program that sleeps, but never for long.
func (s *scene) wakeful(p *program) {
	s.trouble("", "it wakes up all the time, and nothing is to be done")
	v := record.Verdict{Code: record.BusyLoop, Anywhere: true,
		What: record.Say("the %s sleeps, but wakes up more than a thousand times a second, and nothing is "+
			"there to be done", s.kind())}
	v.Where, _ = s.where(p)
	v.Cause = "A loop looks again and again whether something has come, with a short sleep in between. The poller " +
		"can wait for that: it returns when there is something to do, and not before."
	s.fail(v)
}

// census counts the goroutines that are left, against a fresh copy of the
// program: a pool of workers that is always there is no leak.
func (s *scene) census(args []string) {
	exactly(1, args)
	allowed := count(args[0])
	if !s.prog.isGo() {
		return
	}
	p := s.main()
	s.rest(p)
	if s.blind(p) {
		if s.quieten(p); s.sc.Patience > 0 {
			s.lacks("this system does not tell when the timers of a program have fired")
			return
		}
	}
	gs := s.goroutines(p, censusBound)
	s.mustTell(p, gs)
	fresh := s.start("server, fresh", append([]string{"-listen", s.host + ":0"}, p.args...))
	s.firstLine(fresh)
	s.quieten(fresh)
	base := s.goroutines(fresh, censusBound)
	s.mustTell(fresh, base)
	if more := len(gs) - len(base); more > allowed {
		told := record.Varies(more, "N") // some may still be on their way out
		s.trouble("", "%v goroutines more than before the first client", told)
		if n := len(s.open()); n > 0 {
			s.fail(record.Verdict{Code: record.Threads, Where: frames(gs),
				What: record.Say("with %d clients connected the server has %v goroutines more than a fresh copy of it",
					n, told)})
		}
		s.fail(record.Verdict{Code: record.Leak,
			What: record.Say("the clients have left, but %v goroutines more than in a fresh copy of the program are "+
				"still there", told), Where: frames(gs)})
	}
	if !p.gone() || !fresh.gone() {
		s.judge(p, unknown, owes{}) // there may have been more of them
	}
}

// censusBound is how long a program may print its goroutines. They may be many.
const censusBound = 2 * dumpBound

// mustTell ends a scenario about goroutines when p has not told what it has. That
// it keeps the signal for itself is no mistake, and leaves nothing to judge; one
// that was too busy to print a word is.
func (s *scene) mustTell(p *program, gs []probe.Goroutine) {
	if len(gs) > 0 {
		return
	}
	if !p.quit && !p.gone() {
		s.skip("this system has no SIGQUIT, on which a Go program tells its goroutines")
	}
	if p.gone() || probe.Look(p.proc.PID()).State != probe.Moving {
		s.prevents("the program keeps SIGQUIT for itself, and so does not tell its goroutines")
	}
	s.judge(p, spun, owes{what: record.Say("prints no goroutines on SIGQUIT")})
}

// sleepsFor waits until p has slept for d, and returns how long it has. It returns
// earlier when p ends.
func (s *scene) sleepsFor(p *program, d time.Duration) (slept time.Duration) {
	last, at := probe.Look(p.proc.PID()), time.Now()
	for start := at; slept < d && !p.gone() && time.Since(start) < wallBound; {
		p.pause(slice)
		act, now := probe.Look(p.proc.PID()), time.Now()
		if act.State == probe.Unknown {
			s.skip("this system cannot tell when a program sleeps")
		}
		if act.State != probe.Moving && act.Same(last) {
			slept += min(now.Sub(at), oneLook)
		}
		last, at = act, now
	}
	return slept
}
