package resp

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var departureCommands = []scene.Command{{
	Name: "departures", Args: "[-reset] [-refused WORD] N QUESTION REPLY [REST]", Group: "Questions and replies",
	Summary: "N clients, one after the other, send QUESTION, get REPLY, send REST, and leave",
	Detail: "They leave with a FIN, to which the program's FIN must come, or, with -reset, with an RST. REST may be " +
		"a part of another command. With -refused it makes no sense: WORD must come, and the end of the connection.",
	Run: departures,
}}

// A leaver is what each of many clients says, and how it leaves.
type leaver struct {
	Question
	rest    []byte
	refusal []byte // the reply to rest, before the program ends the connection
	reset   bool
}

func departures(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-reset"}, []string{"-refused"})
	if len(args) == 3 {
		args = append(args, "")
	}
	argument.Exactly(4, args)
	n := argument.Count(args[0])
	each := leaver{Question: Question{s.Fill.Text(args[1]), s.Fill.Text(args[2])}, rest: s.Fill.Text(args[3]),
		refusal: s.Fill.Text(set["-refused"]), reset: set["-reset"] != ""}
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	mark := s.Log.Mark()
	for i := range n {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: comeAndGone(i)})
		}
		each.come(s)
		s.Hurry = true // the next ones do the same
	}
	s.Hurry = false
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: comeAndGone(n)})
}

// come lets one client come, speak and leave.
func (k leaver) come(s *scene.Scene) {
	c := s.Dial("Z", wire.Default)
	stream.Put(s, c, k.Ask)
	stream.Recv(s, c, k.Reply)
	if len(k.rest) > 0 {
		stream.Put(s, c, k.rest)
	}
	if len(k.refusal) > 0 {
		stream.Recv(s, c, k.refusal)
		stream.Over(s, c)
		c.Close()
		return
	}
	stream.Consumed(s, c)
	if k.reset {
		stream.Reset(s, c)
		return
	}
	stream.CloseWrite(s, c)
	stream.Eof(s, c)
	c.Close()
}
