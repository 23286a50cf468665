package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

const (
	longPart = 2 << 20                // how much of a long flood comes between two looks
	longCPU  = 500 * time.Millisecond // processor time of a program that is slow to echo
)

// longFlood sends n bytes in parts that are all alike, and reads their echo. A
// program that has used much processor time is spared what goes beyond least.
func (s *scene) longFlood(c *wire.Conn, least, n int) {
	p, mark, start := s.owner(c), s.log.Mark(), probe.Look(s.owner(c).proc.PID()).CPU
	for done := 0; done < n; {
		s.log.Rewind(mark)
		if done > 0 {
			s.record(record.Event{Conn: c.Name, Kind: record.Note,
				What: record.Say("%s have come back", record.Bytes(done))})
		}
		part := min(longPart, n-done)
		s.flood(c, part)
		done += part
		if done >= least && probe.Look(p.proc.PID()).CPU-start > longCPU {
			break
		}
	}
	s.log.Rewind(mark)
	s.record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("a long conversation: all that was sent has come back")})
}
