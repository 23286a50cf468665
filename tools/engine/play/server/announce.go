package server

import (
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// listensFirst checks that a program whose standard output is jammed listens
// already when it stands in the write of its announcement. What that write is
// worth is seen afterwards, when it may go on; a program that writes in another
// way is never seen to stand there, and proves nothing.
func listensFirst(s *scene.Scene, p *scene.Instance) {
	size := 0
	end := s.AwaitLimit(p, nil, scene.StartLimit, func(d time.Duration) scene.Progress {
		if size, _ = probe.Printing(probe.Look(p.Proc.PID()).PIDs); size > 0 {
			return scene.Done
		}
		p.Pause(d)
		return scene.Nothing
	})
	s.Rest(p)
	listeners, err := s.Reachable(probe.Look(p.Proc.PID()).PIDs)
	early := end == scene.Happened && err == nil && len(listeners) == 0
	p.Proc.Unjam()
	if !early {
		return
	}
	line := FirstLine(s, p)
	if !strings.HasPrefix(line, announcement) || size <= len(line) {
		return // it was another write, or only the beginning of the line
	}
	s.Trouble("", "it says that it listens, and it does not yet")
	v := record.Verdict{Code: record.NotListening,
		What: record.Say("the server writes its announcement before it listens: while it stood in that write the "+
			"kernel knew of no %v of it", s.ListeningSocket())}
	s.Fail(v)
}
