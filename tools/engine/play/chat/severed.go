package chat

import (
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var severedCommands = []scene.Command{{
	Name: "severed", Args: "[-fin|-reset] TEXT", Group: "A room",
	Summary: "TEXT, a name and lines, is cut at each place in turn, each time by a client of its own; those inside " +
		"must hear what is whole before the cut, and then the rest",
	Detail: "With -fin a FIN comes instead of the rest, with -reset an RST: then those inside must hear that it has " +
		"left, if they have heard that it has joined. The ends of lines in TEXT are LF, or CR and LF.",
	Run: severed,
}}

func severed(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-fin", "-reset"}, nil)
	argument.Exactly(1, args)
	text := string(s.Fill.Text(args[0]))
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	mark := s.Log.Mark()
	for at := range len(text) {
		s.Log.Rewind(mark)
		if at > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d cuts went well", at)})
		}
		m := &member{Conn: s.Dial("Cut", wire.Default)}
		saysPiece(s, m, "", text[:at])
		stream.Consumed(s, m.Conn)
		if len(set) == 0 {
			saysPiece(s, m, text[:at], text[at:])
			leaving(s, m, set)
			continue
		}
		leaving(s, m, set)
	}
	s.Hurry = false
	hushed(s)
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("the %s were cut at each of %d places",
		record.Bytes(len(text)), len(text))})
}

// saysPiece sends a piece of what m has to say, behind what it has said before. All must
// hear the lines that are whole now, and the first one is its name.
func saysPiece(s *scene.Scene, m *member, before, piece string) {
	if piece == "" {
		return
	}
	stream.Put(s, m.Conn, []byte(piece))
	old := strings.Count(before, "\n")
	for i, line := range strings.Split(before+piece, "\n") {
		switch text := strings.TrimSuffix(line, "\r"); {
		case i < old || i == strings.Count(before+piece, "\n"): // heard before, or not whole
		case i == 0:
			m.name = text
			stream.Recv(s, m.Conn, []byte(hereLine(roomOf(s).names()...)))
			roomOf(s).told(joinedLine(m.name), nil)
			roomOf(s).members = append(roomOf(s).members, m)
		default:
			roomOf(s).told(m.lineOf(text), m)
		}
	}
	hearAll(s)
}

// leaving lets m leave, by a FIN when nothing else is asked.
func leaving(s *scene.Scene, m *member, set map[string]string) {
	if m.name != "" {
		roomOf(s).lose(m)
	}
	if set["-reset"] != "" {
		stream.Reset(s, m.Conn)
	} else {
		stream.CloseWrite(s, m.Conn)
		stream.Eof(s, m.Conn)
		m.Close()
	}
	hearAll(s)
}
