package ports

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

// allClosed looks at the sockets of a program all of whose dials are over.
func allClosed(s *scene.Scene, args []string) {
	argument.Exactly(0, args)
	p := s.Last()
	s.Rest(p)
	held, err := s.Net.Held(p.Look().PIDs, nil)
	if err != nil {
		s.Skip("this system does not tell which sockets a program has")
	}
	if held.Peers == 0 {
		s.Record(record.Event{Kind: record.Note, What: record.Say("it holds no connection any more")})
		return
	}
	s.RejectAt(p, "", record.Say("it still holds a connection"), record.Verdict{Code: record.Leak,
		What: record.Say("all dials are over, and the program still holds %v of their sockets",
			record.Varies(held.Peers, "N"))})
}
