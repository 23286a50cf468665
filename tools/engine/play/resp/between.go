package resp

import (
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var betweenCommands = []scene.Command{{
	Name: "between", Args: "QUESTION REPLY TEXT...", Group: "Questions and replies",
	Summary: "each TEXT comes between two good commands, and must be a protocol error",
	Detail: "Each has a client of its own. The command before is answered, and the one after, SET spoilt behind, is " +
		"not. First a client sends QUESTION alone, which has no frame. If REPLY comes, and not the protocol error, " +
		"the program takes more than framed commands, and nothing else is sent.",
	Run: between,
}}

func between(s *scene.Scene, args []string) {
	argument.AtLeast(3, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	mark := s.Log.Mark()
	if takesMore(s, s.Fill.Text(args[0]), s.Fill.Text(args[1])) {
		s.Log.Rewind(mark)
		s.Record(record.Event{Kind: record.Note, What: record.Say("commands without a frame are answered as well")})
		return
	}
	for i, arg := range args[2:] {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d clients have got their protocol error", i)})
		}
		text := s.Fill.Text(arg)
		s.Record(record.Event{Kind: record.Note, Point: true,
			What: record.Say("between two commands comes %s", record.Quoting(text, len(text), 20))})
		c := s.Dial("Z", wire.Default)
		Row(s, c, []Question{beforeSpoil})
		stream.Put(s, c, slices.Concat(text, behindSpoil))
		refused(s, c, nil)
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d clients have got their protocol error", len(args)-2)})
}

// takesMore reports whether question, which has no frame, gets reply, and not
// the protocol error.
func takesMore(s *scene.Scene, question, reply []byte) bool {
	c := s.Dial("Z", wire.Default)
	defer c.Close()
	stream.Put(s, c, question)
	if stream.Which(s, c, [][]byte{[]byte(protocolError), reply}) == 1 {
		return true
	}
	stream.Over(s, c)
	return false
}
