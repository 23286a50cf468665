package play

import (
	"errors"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var leavesCommands = []Command{{
	Name: "not-accepted", Args: "NAME", Group: "The accept queue",
	Summary: "NAME connects, and the program, at rest, must have left it in the queue; it may be refused as well",
	Detail:  "The evidence is the kernel's: a connection that was accepted has an owner, or is over.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.notAccepted(args[0])
	},
}}

func (s *scene) notAccepted(name string) {
	p := s.main()
	s.rest(p)
	c, err := s.connect(p, name, s.ts.Getenv("server"), wire.Default)
	if err != nil && err != wire.ErrReset {
		s.checkMade(err)
		s.checkShortage(err)
		s.record(record.Event{Kind: record.Note, What: record.Say("%v dials: refused", name)})
		return
	}
	if err == nil {
		s.hold(c, p)
		s.connected(c)
		s.rest(p)
		theirs, err := s.theirEnd(c)
		if errors.Is(err, probe.ErrNoEvidence) {
			s.lacks("this system does not tell whether a connection was accepted")
			return
		}
		if theirs.Inode == 0 && theirs.State == probe.Established {
			s.record(record.Event{Kind: record.Note, What: record.Say("%v waits in the queue", name)})
			return
		}
	}
	s.rejectAt(p, name, record.Say("it was accepted"), record.Verdict{Code: record.TooMany,
		What: record.Say("%v was accepted, although the server already has its one client", name)})
}
