package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// allClosed looks at the sockets of a program all of whose dials are over.
func (s *scene) allClosed(args []string) {
	exactly(0, args)
	p := s.last()
	s.rest(p)
	held, err := s.net.Held(probe.Look(p.proc.PID()).PIDs, nil)
	if err != nil {
		s.skip("this system does not tell which sockets a program has")
	}
	if held.Peers == 0 {
		s.record(record.Event{Kind: record.Note, What: record.Say("it holds no connection any more")})
		return
	}
	s.rejectAt(p, "", record.Say("it still holds a connection"), record.Verdict{Code: record.Leak,
		What: record.Say("all dials are over, and the program still holds %v of their sockets",
			record.Varies(held.Peers, "N"))})
}
