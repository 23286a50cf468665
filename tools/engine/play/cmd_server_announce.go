package play

import (
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// listensFirst checks that a program whose standard output is jammed listens
// already when it stands in the write of its announcement. What that write is
// worth is seen afterwards, when it may go on; a program that writes in another
// way is never seen to stand there, and proves nothing.
func (s *scene) listensFirst(p *program) {
	size := 0
	end := s.awaitLimit(p, nil, startLimit, func(d time.Duration) progress {
		if size, _ = probe.Printing(probe.Look(p.proc.PID()).PIDs); size > 0 {
			return done
		}
		p.pause(d)
		return nothing
	})
	s.rest(p)
	listeners, err := s.reachable(probe.Look(p.proc.PID()).PIDs)
	early := end == happened && err == nil && len(listeners) == 0
	p.proc.Unjam()
	if !early {
		return
	}
	line := s.firstLine(p)
	if !strings.HasPrefix(line, announcement) || size <= len(line) {
		return // it was another write, or only the beginning of the line
	}
	s.trouble("", "it says that it listens, and it does not yet")
	v := record.Verdict{Code: record.NotListening,
		What: record.Say("the server writes its announcement before it listens: while it stood in that write the "+
			"kernel knew of no %v of it", s.listeningSocket())}
	s.fail(v)
}
