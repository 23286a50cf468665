package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var visitorCommands = []Command{{
	Name: "visitors", Args: "N SIZE", Group: "Many clients",
	Summary: "N clients, one after the other, send SIZE bytes each, get them back, and leave; the server must not " +
		"keep what was theirs",
	Detail: "Every fourth leaves by an RST. Of a Go program the memory is compared with what it was at the " +
		"announcement: when it has grown by seven eighths of what was sent, N more come, and so on for four " +
		"times, for memory that is used again stops growing. Others may collect their garbage as late as they like.",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.visitors(count(args[0]), size(args[1]))
	},
}}

// visitorRounds is how often N visitors come to a server whose memory grows.
const visitorRounds = 4

func (s *scene) visitors(n, each int) {
	grown, came, mark := int64(0), 0, s.log.Mark()
	for range visitorRounds {
		for range n {
			s.log.Rewind(mark)
			s.haveLeft(came, each)
			s.hurry = came >= unhurried
			s.visitor(s.fill.numbered(came+1, each), came%4 == 3)
			came++
		}
		s.hurry = false
		if grown = s.grownBy(); grown < int64(came)*int64(each)*7/8 {
			s.log.Rewind(mark)
			s.haveLeft(n, each) // or more, which depends on when memory is used again
			return
		}
	}
	s.log.Rewind(mark)
	s.haveLeft(came, each)
	s.rejectAt(s.main(), "", record.Say("its memory grows with every client"),
		record.Verdict{Code: record.Memory,
			What: record.Say("%s clients have sent %s each, got them back, and have gone; "+
				"the server occupies %s more than when it announced its address, and the more clients come, "+
				"the more it is",
				record.Count(came), record.Bytes(each), record.Varies(record.Bytes(int(grown)), "N bytes"))})
}

// haveLeft records that n clients have come and gone.
func (s *scene) haveLeft(n, each int) {
	if n > 0 {
		s.record(record.Event{Kind: record.Note,
			What: record.Say("%s clients have sent %s each, got them back, and left",
				record.Count(n), record.Bytes(each))})
	}
}

// visitor is a client that gets its bytes back and leaves, in peace or by a reset.
func (s *scene) visitor(data []byte, rudely bool) {
	if !rudely {
		s.guest(data)
		return
	}
	c := s.dial("V", wire.Default)
	s.send(c, data)
	s.recv(c, data)
	s.reset(c)
}

// grownBy is by how much the memory of a Go program has grown since it announced;
// 0 when it is not known, and with the race detector, which needs memory of its own.
func (s *scene) grownBy() int64 {
	p := s.main()
	s.rest(p)
	if !s.prog.isGo() || s.prog.Race || p.memory == 0 {
		return 0
	}
	now, err := probe.Memory(probe.Look(p.proc.PID()).PIDs)
	if err != nil {
		return 0
	}
	return now - p.memory
}
