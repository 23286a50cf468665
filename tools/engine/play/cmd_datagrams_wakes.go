package play

import (
	"strconv"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

var wakeCommands = []Command{{
	Name: "wakes", Args: "MORE MOST", Group: "Datagrams",
	Summary: "the client waits now, for more than MORE and at the most MOST times $patience",
	Detail: "How long is what it has asked the kernel for when it fell asleep. It is looked at until it is right, or " +
		"for $patience. Where the system cannot tell, the scenario is left out.",
	run: (*scene).wakes,
}}

// wakes looks how long the client sleeps at the most. What it sees can only be
// shorter than the whole wait: a client that was woken for nothing asks for the
// rest.
func (s *scene) wakes(args []string) {
	exactly(2, args)
	if s.sc.Patience == 0 {
		s.misuse("wakes needs the header patience, and a client that waits for $patience")
	}
	more, most := s.times(args[0]), s.times(args[1])
	p, start := s.partner(), time.Now()
	var longest time.Duration
	for known := false; time.Since(start) < s.sc.Patience && !p.gone() && s.ctx.Err() == nil; p.pause(slice / 4) {
		s.pump()
		d, ok := probe.Timeout(p.proc.PID())
		if known, longest = known || ok, max(longest, d); longest > more {
			break
		}
		if !known && time.Since(start) > s.sc.Patience/2 && probe.Look(p.proc.PID()).State == probe.Unknown {
			s.skip("this system cannot tell how long a program sleeps")
		}
	}
	if longest > more && longest <= most {
		s.record(record.Event{Kind: record.Note,
			What: record.Say("it waits, for %v at the most", longest.Round(s.sc.Patience/10))})
		return
	}
	s.trouble("", "this is not how long it should wait")
	s.fail(record.Verdict{Code: record.Wait, Evidence: s.gather(nil, p), What: record.Say(
		"the %s waits for %v at the most; it should be more than %v and no more than %v", s.called(p),
		longest.Round(s.sc.Patience/10), more, most)})
}

// times is n times what the client was asked to wait.
func (s *scene) times(n string) time.Duration {
	f, err := strconv.ParseFloat(n, 64)
	if err != nil || f < 0 {
		s.misuse("wakes: not a number of waits: %s", n)
	}
	return time.Duration(f * float64(s.sc.Patience))
}
