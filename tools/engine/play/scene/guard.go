package scene

import (
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// What a program under test may take from the machine at the most. Nothing that
// a unit asks for comes near: the bounds are there so that the machine survives,
// and so that who goes over them hears it from us and not from the kernel.
const (
	mostMemory    = 1 << 30
	mostThreads   = 4000
	mostProcesses = 100
	guardPause    = 25 * time.Millisecond
	guardShare    = 20                     // of the time, one part in so many at the most is spent looking
	longestPause  = 500 * time.Millisecond // or what doubles while nobody looks would have the machine to itself
	lastSay       = 300 * time.Millisecond // for the goroutines of a program that went over a bound
)

// guard watches what p takes, until it has ended. Nobody else looks at it all the
// time: the scenario may be busy with sending.
func (s *Scene) guard(p *Instance) {
	tick := time.NewTimer(guardPause)
	defer tick.Stop()
	for {
		select {
		case <-p.Proc.Done():
			return
		case <-tick.C:
		}
		start := time.Now()
		b, err := probe.BurdenOf(p.Proc.PID())
		tick.Reset(min(max(guardPause, guardShare*time.Since(start)), longestPause))
		if err != nil {
			return // no evidence here
		}
		if v := s.tooMuch(b); v != nil {
			s.stopShort(p, v)
			return
		}
	}
}

// tooMuch returns the verdict on a program that is too heavy, or nil.
func (s *Scene) tooMuch(b probe.Burden) *record.Verdict {
	memory := int64(mostMemory)
	if s.Prog.Race {
		memory *= 3 // it keeps a shadow of what the program uses
	}
	switch {
	case b.Processes > mostProcesses:
		return &record.Verdict{Code: record.Left, Only: true,
			Cause: "The program starts other programs, or itself, without end.",
			What: record.Say("the program and those that it has started are more than %d processes, and the "+
				"grader ended them", mostProcesses)}
	case b.Memory > memory:
		return &record.Verdict{Code: record.Memory, Only: true,
			Cause: "The program takes more and more memory, or starts more and more goroutines, and nothing ends " +
				"that. Perhaps a loop appends without end, or a length that a client sent is believed.",
			What: record.Say("the program took more than %d MiB of memory, and the grader ended it so that the "+
				"machine would live", memory>>20)}
	case b.Threads > mostThreads:
		return &record.Verdict{Code: record.Threads, Only: true,
			Cause: "Each goroutine that waits inside the kernel keeps a thread, and the program has no bound on them.",
			What:  record.Say("the program has more than %d threads, and the grader ended it", mostThreads)}
	}
	return nil
}

// stopShort ends p for v. A Go program may first say where it was. When it was
// asked for that already, a verdict has been found without us.
func (s *Scene) stopShort(p *Instance, v *record.Verdict) {
	if !p.asked.Load() {
		p.over.Store(v)
		if v.Code == record.Memory && s.Prog.IsGo() && p.Proc.Signal(probe.DumpSignal(p.Proc.PID())) == nil {
			timer := time.NewTimer(lastSay)
			defer timer.Stop()
			select {
			case <-p.Proc.Done():
			case <-timer.C:
			}
		}
	}
	p.Proc.Kill()
}

// CheckBurden looks once more at what p takes, at the end of a scenario that was over
// before its guard came round.
func (s *Scene) CheckBurden(p *Instance) {
	if b, err := probe.BurdenOf(p.Proc.PID()); err == nil && !p.Gone() {
		if v := s.tooMuch(b); v != nil {
			s.Reject("", record.Say("the grader ends it"), *v)
		}
	}
}

// anyCutShort reports whether a program was ended by its guard.
func (s *Scene) anyCutShort() bool {
	return slices.ContainsFunc(s.Programs, func(p *Instance) bool { return p.over.Load() != nil })
}

// overstepped returns the verdict on a program that was ended by its guard, or nil.
func (s *Scene) overstepped() *record.Verdict {
	for _, p := range s.Programs {
		v := p.over.Load()
		if v == nil {
			continue
		}
		<-p.Proc.Done()
		p.Drain()
		told := *v
		_, gs := s.Prog.stacks(string(p.Proc.Stderr().Bytes()))
		told.Where, told.Anywhere = Frames(gs), true
		return &told
	}
	return nil
}
