package datagram

import (
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

var wakeCommands = []scene.Command{{
	Name: "wakes", Args: "[-for NAME] MORE MOST", Group: "Datagrams",
	Summary: "the client waits now, for more than MORE and at most MOST times $patience",
	Detail: "How long is what it has asked the kernel for when it fell asleep. It is looked at until it is right, or " +
		"for $patience. A client that sleeps in shorter steps, and checks each time whether it is time, must send " +
		"nothing for MORE. Where it cannot be told how long the client sleeps nothing is said. With -for it is a " +
		"server that waits, for the UDP socket NAME.",
	Run: wakes,
}}

// kernelTick is what a kernel adds to a timeout at the most when it counts in ticks
// of its clock, as for SO_RCVTIMEO: a hundredth of a second is the longest tick.
const kernelTick = 10 * time.Millisecond

// A slumber is a program that should be asleep for a while.
type slumber struct {
	*scene.Scene
	p       *scene.Instance
	start   time.Time
	longest time.Duration // for which it was seen to sleep at the most
	known   bool
	looks   []look
	sent    bool // a datagram has come meanwhile
}

// A look at the program is over at its time, and saw it sleep for so long.
type look struct {
	at    time.Time
	sleep time.Duration
}

// wakes looks how long the client sleeps at the most. What it sees can only be
// shorter than the whole wait: a client that was woken for nothing asks for the
// rest.
func wakes(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-for"})
	argument.Exactly(2, args)
	if s.Scenario.Patience == 0 {
		s.Misuse("wakes needs the header patience, and a client that waits for $patience")
	}
	more, most := s.Times(args[0]), s.Times(args[1])
	for _, e := range s.Datagrams.Peers {
		e.Stamp() // where that cannot be, what has come counts when it is seen
	}
	l := &slumber{Scene: s, p: s.Partner(), start: time.Now()}
	l.watch(func() bool {
		return l.longest > more || l.since() >= max(s.Scenario.Patience, l.longest+s.Scenario.Patience/10)
	})
	if !l.known && !l.sent && l.cannotTell() {
		return
	}
	if l.longest > most+kernelTick { // or it is the next wait, and what the program has sent is still under way
		l.watch(func() bool { return l.since() > most })
	}
	switch {
	case l.longest > more && l.longest <= most+kernelTick:
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("it waits, for at most %v", l.longest.Round(s.Scenario.Patience/10))})
		return
	case l.longest <= more:
		waitsNoMore := func() bool { return l.p.Look().State == probe.Asleep }
		l.watch(func() bool { return l.since() > more || waitsNoMore() })
		if l.silent() > more && !l.p.Gone() && !waitsNoMore() {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("it sleeps in short steps, and has sent nothing for %v", more)})
			return
		}
	}
	if l.sent && !l.known {
		s.Late() // the wait was over before it was looked at
	}
	if !l.gaveUp(more) {
		s.Trouble(set["-for"], "this is not how long it should wait")
	}
	s.Fail(record.Verdict{Code: record.Wait, Evidence: s.Gather(nil, l.p), What: record.Say(
		"the %s waits for at most %v; it should be more than %v and no more than %v", s.Called(l.p),
		l.longest.Round(s.Scenario.Patience/10), more, most)})
}

// gaveUp reports whether the program slept less than it should, was seen to, and
// has ended since, in the time in which it should still have slept. That it ended
// is then no news, and no doubt: the grader meant to leave it without an answer.
func (l *slumber) gaveUp(more time.Duration) bool {
	return l.known && !l.sent && l.p.Gone() && l.longest > 0 && l.longest <= more && l.since() <= more
}

// silent is for how long the program has sent nothing. What has come counts from when the
// kernel got it, for on a busy machine it may be seen much later.
func (l *slumber) silent() time.Duration {
	if at := l.arrived(); l.sent && !at.IsZero() {
		return at.Sub(l.start)
	} else if l.sent {
		return 0 // nothing was noted
	}
	return l.since()
}

// arrived is when the kernel got the first datagram that the grader has not read.
func (l *slumber) arrived() (first time.Time) {
	for _, e := range l.Datagrams.Peers {
		if at := e.Arrived(); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// forget takes back what was seen after the program had sent: that is its next wait.
func (l *slumber) forget() {
	first := l.arrived()
	if !l.sent || first.IsZero() {
		return
	}
	l.longest, l.known = 0, false
	for _, k := range l.looks {
		if k.at.Before(first) {
			l.longest, l.known = max(l.longest, k.sleep), true
		}
	}
}

func (l *slumber) since() time.Duration { return time.Since(l.start) }

// watch looks at the program until over says so, or it has sent something.
func (l *slumber) watch(over func() bool) {
	for !over() && !l.sent && !l.p.Gone() && l.Ctx.Err() == nil {
		l.Pump()
		d, ok := probe.Timeout(l.p.Proc.PID())
		if ok {
			l.known, l.longest = true, max(l.longest, d)
			l.looks = append(l.looks, look{time.Now(), d})
		}
		l.sent = l.mailed()
		l.p.Pause(scene.Slice / 4)
	}
	l.forget()
}

// looks is how often a program is looked at whose sleep cannot be told, before
// that is said. One that sleeps in short steps may have been awake at the few
// moments at which a busy machine let it be looked at.
const looks = 200

// cannotTell reports whether the program sleeps, and only it knows for how long.
func (l *slumber) cannotTell() bool {
	n := 0
	l.watch(func() bool { n++; return l.known || n > looks })
	if l.known || l.sent {
		return false
	}
	switch l.p.Look().State {
	case probe.Unknown:
		l.Lacks("this system cannot tell how long a program sleeps")
	case probe.Timed:
		l.Lacks("it cannot be told how long this program sleeps")
	default:
		return false
	}
	return true
}

// mailed reports whether a datagram waits for the grader.
func (l *slumber) mailed() bool {
	all, _ := l.Net.UDPSockets()
	return slices.ContainsFunc(all, func(u probe.UDPSocket) bool {
		return u.Queued > 0 && slices.ContainsFunc(l.Datagrams.Peers,
			func(e *scene.Peer) bool { return e.Local == u.Local })
	})
}
