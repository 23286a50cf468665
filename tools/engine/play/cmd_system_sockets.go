package play

import (
	"fmt"
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
	"time"
)

// socketCommands are about the descriptors that a server is given, or takes.
var socketCommands = []Command{{
	Name: "exhaust", Args: "NAME", Group: "The program and its system",
	Summary: "clients connect and say nothing, one after the other, until one is not accepted, since the program has " +
		"no descriptor for it; that one is NAME",
	Detail: "The program has been started by serve -descriptors.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.exhaust(args[0])
	},
}, {
	Name: "sockets", Args: "MOST", Group: "The program and its system",
	Summary: "at rest the program must hold at most MOST sockets more than when it announced, whatever clients do",
	Detail:  "Nor may it have held more while clients of turned-away were accepted.",
	run:     onCount((*scene).mostSockets),
}}

// mostExhausting is how many clients exhaust sends at the most.
const mostExhausting = 300

func (s *scene) exhaust(name string) {
	p, mark := s.main(), s.log.Mark()
	for i := range mostExhausting {
		c := s.dial(name, wire.Default)
		s.rest(p)
		theirs, err := s.theirEnd(c)
		if err == probe.ErrNoEvidence {
			s.skip("this system does not say which connections have been accepted")
		}
		s.stillOpen(c, nil)
		if err == nil && theirs.Inode == 0 && theirs.State == probe.Established {
			s.log.Rewind(mark)
			s.log.Note("clients connect and say nothing, until the server has no descriptor for the next one, %s", name)
			return
		}
		c.Name = fmt.Sprintf("C%02d", i+1)
		s.crowded[c.Name] = true
		s.log.Rewind(mark)
	}
	s.misuse("%d clients have been accepted, and the program still has descriptors", mostExhausting)
}

// watchSockets notices how many sockets the program holds until it has accepted all
// that wait, or sleeps although some do. They may be gone again when it is at rest, on
// a busy machine.
func (s *scene) watchSockets() {
	p, asleep := s.main(), 0
	s.await(p, nil, func(d time.Duration) progress {
		waiting := s.acceptQueue(p).Unread
		n, err := probe.OpenSockets(probe.Look(p.proc.PID()).PIDs)
		s.peak = max(s.peak, n-len(p.sockets))
		if asleep++; !s.asleepNow(p) {
			asleep = 0
		}
		if waiting == 0 || err != nil || asleep >= vigilProofs {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
}

func (s *scene) mostSockets(most int) {
	p := s.main()
	s.rest(p)
	n, err := probe.OpenSockets(probe.Look(p.proc.PID()).PIDs)
	if err != nil {
		s.lacks("this system does not say which sockets a program has")
		return
	}
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
	if n = max(n-len(p.sockets), s.peak); n <= most {
		s.record(record.Event{Kind: record.Note,
			What: record.Say("the server holds at most %d sockets more than before", most)})
		return
	}
	s.rejectAt(p, "", record.Say("it holds more than %d sockets", most), record.Verdict{Code: record.Leak,
		What: record.Say("the server holds %v sockets more than when it announced, and at most %d are allowed here",
			record.Varies(n, "N"), most)})
}
