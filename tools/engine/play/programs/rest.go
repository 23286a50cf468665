package programs

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
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
	idleWork  = 3 * time.Second        // processor time in which it may read and write what there is
)

// idle waits for evidence on either side: enough looks in a row that find the
// program asleep, or processor time that is no small part of the time in which
// it could have slept. A starved spinner gives neither, so the look goes on. A
// program that wakes now and then, as for a clock of its own, gives the second.
func idle(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-asleep", "-dozing", "-or-ended"}, nil)
	argument.Exactly(0, args)
	share := time.Duration(idleShare)
	if set["-dozing"] != "" {
		share = dozeShare
	}
	p := s.Main()
	if end := p.Begin(s); end == scene.Spun {
		s.Judge(p, end, scene.Owes{What: record.Say("%s", uselessly(s))})
	}
	s.Rest(p)
	if s.Blind(p) {
		idleBlind(s, p, share)
		return
	}
	seen, start := s.Survey(nil), time.Now()
	first := p.Look()
	begun, last, quiet := first.CPU, first, 0
	for quiet < idleLooks {
		p.Pause(idlePause)
		act := p.Look()
		used, own := used(first, act, time.Since(start))
		if used > idleCPU && act.CPU-begun < idleWork {
			if now := s.Survey(nil); !now.Equal(seen) { // it is at work still, perhaps a few bytes at a time
				seen, first, start, quiet = now, act, time.Now(), 0
				continue
			}
		}
		switch {
		case p.Gone() && set["-or-ended"] != "":
			return
		case p.Gone():
			s.Dead(p, record.Verdict{})
		case used > idleCPU && used > own/share:
			s.Judge(p, scene.Spun, scene.Owes{What: record.Say("%s", uselessly(s))})
		case own > idleTime && set["-asleep"] != "" && act.Runs-first.Runs > uint64(own.Seconds()*idleWakes):
			wakeful(s, p)
		case own > idleTime && used < own/share && (act.State != probe.Moving || act.Napping):
			return // and it does not wait for a processor, which the kernel would not have told yet
		case time.Since(start) > scene.WallBound, s.Ctx.Err() != nil:
			s.Judge(p, scene.Unknown, scene.Owes{})
		case act.State != probe.Moving && act.Same(last):
			quiet++
		}
		last = act
	}
}

// uselessly says of a program that spins whether a client waits for something:
// to be accepted, to be read from, or for what has been read and not written.
func uselessly(s *scene.Scene) string {
	asked := s.Kind() == "client"
	for _, c := range s.Open() {
		theirs, err := s.TheirEnd(c)
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
func wakeful(s *scene.Scene, p *scene.Instance) {
	s.Trouble("", "it wakes up all the time, and nothing is to be done")
	v := record.Verdict{Code: record.BusyLoop, Anywhere: true,
		What: record.Say("the %s sleeps, but wakes up more than a thousand times a second, and nothing is "+
			"there to be done", s.Kind())}
	v.Where = s.Where(p)
	v.Cause = "A loop looks again and again whether something has come, with a short sleep in between. The poller " +
		"can wait for that: it returns when there is something to do, and not before."
	s.Fail(v)
}

// census counts the goroutines that are left, against a fresh copy of the
// program: a pool of workers that is always there is no leak.
func census(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	allowed := argument.Count(args[0])
	if !s.Prog.IsGo() {
		return
	}
	p := s.Main()
	scene.RestLong(s, p)
	if s.Blind(p) {
		if s.Quieten(p); s.Scenario.Patience > 0 {
			s.Lacks("this system does not tell when the timers of a program have fired")
			return
		}
	}
	gs := s.Goroutines(p, censusBound)
	mustTell(s, p, gs)
	fresh := s.Start("server, fresh", append([]string{"-listen", s.Host + ":0"}, p.Args...))
	server.FirstLine(s, fresh)
	s.Quieten(fresh)
	base := s.Goroutines(fresh, censusBound)
	mustTell(s, fresh, base)
	s.Dumped(gs)
	if more := len(gs) - len(base); more > allowed {
		told := record.Varies(more, "N") // some may still be on their way out
		s.Trouble("", "%v goroutines more than before the first client", told)
		if n := len(s.Open()); n > 0 {
			s.Fail(record.Verdict{Code: record.Threads, Where: scene.Frames(gs),
				What: record.Say("with %d clients connected the server has %v goroutines more than a fresh copy of it",
					n, told)})
		}
		s.Fail(record.Verdict{Code: record.Leak,
			What: record.Say("the clients have left, but %v goroutines more than in a fresh copy of the program are "+
				"still there", told), Where: scene.Frames(gs)})
	}
	if !p.Gone() || !fresh.Gone() {
		s.Judge(p, scene.Unknown, scene.Owes{}) // there may have been more of them
	}
}

// censusBound is how long a program may print its goroutines. They may be many.
const censusBound = 2 * scene.DumpBound

// mustTell ends a scenario about goroutines when p has not told what it has. That
// it keeps the signal for itself is no mistake, and leaves nothing to judge; one
// that was too busy to print a word is.
func mustTell(s *scene.Scene, p *scene.Instance, gs []probe.Goroutine) {
	if len(gs) > 0 {
		return
	}
	if !p.Quit && !p.Gone() {
		s.Skip("this system has no SIGQUIT, on which a Go program tells its goroutines")
	}
	if p.Gone() || p.Look().State != probe.Moving {
		s.Prevents("the program keeps SIGQUIT for itself, and so does not tell its goroutines")
	}
	s.Judge(p, scene.Spun, scene.Owes{What: record.Say("prints no goroutines on SIGQUIT")})
}

// SleepsFor waits until p has slept for d, and returns how long it has. It returns
// earlier when p ends.
func SleepsFor(s *scene.Scene, p *scene.Instance, d time.Duration) (slept time.Duration) {
	last, at := p.Look(), time.Now()
	for start := at; slept < d && !p.Gone() && time.Since(start) < scene.WallBound; {
		p.Pause(scene.Slice)
		act, now := p.Look(), time.Now()
		if act.State == probe.Unknown {
			s.Skip("this system cannot tell when a program sleeps")
		}
		if act.State != probe.Moving && act.Same(last) {
			slept += min(now.Sub(at), scene.OneLook)
		}
		last, at = act, now
	}
	return slept
}
