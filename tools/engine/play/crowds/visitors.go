package crowds

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var visitorCommands = []scene.Command{{
	Name: "visitors", Args: "N SIZE", Group: "Many clients",
	Summary: "N clients, one after the other, send SIZE bytes each, get them back, and leave; the server must not " +
		"keep what was theirs",
	Detail: "Every fourth leaves with an RST. Of a Go program the memory is compared with what it was at the " +
		"announcement: when it has grown by seven eighths of what was sent, N more come, and so on for four times, " +
		"for memory that is used again stops growing. Others may collect their garbage as late as they like.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		visitors(s, argument.Count(args[0]), argument.Size(args[1]))
	},
}}

// visitorRounds is how often N visitors come to a server whose memory grows.
const visitorRounds = 4

func visitors(s *scene.Scene, n, each int) {
	grown, came, mark := int64(0), 0, s.Log.Mark()
	for range visitorRounds {
		for range n {
			s.Log.Rewind(mark)
			haveLeft(s, came, each)
			s.Hurry = came >= scene.Unhurried
			visitor(s, inLines(datagram.Numbered(s.Fill, came+1, each)), came%4 == 3)
			came++
		}
		s.Hurry = false
		if grown = grownBy(s); grown < int64(came)*int64(each)*7/8 {
			s.Log.Rewind(mark)
			haveLeft(s, n, each) // or more, which depends on when memory is used again
			return
		}
	}
	s.Log.Rewind(mark)
	haveLeft(s, came, each)
	s.RejectAt(s.Main(), "", record.Say("its memory grows with every client"),
		record.Verdict{Code: record.Memory,
			What: record.Say("%s clients have sent %s each, got them back, and have gone; "+
				"the server occupies %s more than when it announced its address, and the more clients come, "+
				"the more it is",
				record.Count(came), record.Bytes(each), record.Varies(record.Bytes(int(grown)), "N bytes"))})
}

// visitorLine is how long the lines of a visitor are, behind the first: a server of lines
// is to keep what it keeps, and not to write a hundred times for each of thousands.
const visitorLine = 16 * payload.PatternLine

// inLines makes long lines of those of the pattern, but for the first.
func inLines(data []byte) []byte {
	for i := payload.PatternLine; i < len(data); i++ {
		if data[i] == '\n' && (i+1)%visitorLine != 0 {
			data[i] = ' '
		}
	}
	return data
}

// haveLeft records that n clients have come and gone.
func haveLeft(s *scene.Scene, n, each int) {
	if n > 0 {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("%s clients have sent %s each, got them back, and left",
				record.Count(n), record.Bytes(each))})
	}
}

// visitor is a client that gets its bytes back and leaves, in peace or by a reset.
func visitor(s *scene.Scene, data []byte, rudely bool) {
	if !rudely {
		guest(s, data)
		return
	}
	c := s.Dial("V", wire.Default)
	stream.Send(s, c, data)
	stream.Recv(s, c, data)
	stream.Reset(s, c)
}

// grownBy is by how much the memory of a Go program has grown since it announced;
// 0 when it is not known, and with the race detector, which needs memory of its own.
func grownBy(s *scene.Scene) int64 {
	p := s.Main()
	scene.RestLong(s, p)
	if !s.Prog.IsGo() || s.Prog.Race || p.Memory == 0 {
		return 0
	}
	now, err := probe.Memory(p.Look().PIDs)
	if err != nil {
		return 0
	}
	return now - p.Memory
}
