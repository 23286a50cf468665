package programs

import (
	"errors"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var leavesCommands = []scene.Command{{
	Name: "not-accepted", Args: "NAME", Group: "The accept queue",
	Summary: "NAME connects, and the program, at rest, must have left it in the queue; it may be refused as well",
	Detail:  "The evidence is the kernel's: a connection that was accepted has an owner, or is over.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		notAccepted(s, args[0])
	},
}}

func notAccepted(s *scene.Scene, name string) {
	p := s.Main()
	s.Rest(p)
	c, err := s.Connect(p, name, s.TS.Getenv("server"), wire.Default)
	if err != nil && err != wire.ErrReset {
		s.CheckMade(err)
		s.CheckShortage(err)
		s.Record(record.Event{Kind: record.Note, What: record.Say("%v dials: refused", name)})
		return
	}
	if err == nil {
		s.Hold(c, p)
		s.Connected(c)
		s.Rest(p)
		theirs, err := s.TheirEnd(c)
		if errors.Is(err, probe.ErrNoEvidence) {
			s.Lacks("this system does not tell whether a connection was accepted")
			return
		}
		if theirs.Inode == 0 && theirs.State == probe.Established {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%v waits in the queue", name)})
			return
		}
	}
	s.RejectAt(p, name, record.Say("it was accepted"), record.Verdict{Code: record.TooMany,
		What: record.Say("%v was accepted, although the server already has its one client", name)})
}
