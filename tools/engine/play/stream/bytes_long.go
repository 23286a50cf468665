package stream

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

const (
	longPart = 2 << 20                // how much of a long flood comes between two looks
	LongCPU  = 500 * time.Millisecond // processor time of a program that is slow to echo
)

// longFlood sends n bytes in parts that are all alike, and reads their echo. A
// program that has used much processor time is spared what goes beyond least.
func longFlood(s *scene.Scene, c *wire.Conn, least, n int) {
	p, mark, start := s.Owner(c), s.Log.Mark(), s.Owner(c).Look().CPU
	for done := 0; done < n; {
		s.Log.Rewind(mark)
		if done > 0 {
			s.Record(record.Event{Conn: c.Name, Kind: record.Note,
				What: record.Say("%s have come back", record.Bytes(done))})
		}
		part := min(longPart, n-done)
		flood(s, c, part)
		done += part
		if done >= least && p.Look().CPU-start > LongCPU {
			break
		}
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("a long conversation: all that was sent has come back")})
}
