package play

import (
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var severedCommands = []Command{{
	Name: "severed", Args: "[-fin|-reset] TEXT", Group: "A room",
	Summary: "TEXT, a name and lines, is cut at each place in turn, each time by a client of its own; those inside " +
		"must hear what is whole before the cut, and then the rest",
	Detail: "With -fin a FIN comes in place of the rest, with -reset an RST: then those inside must hear that it has " +
		"left, if they have heard that it has joined. The ends of lines in TEXT are LF, or CR and LF.",
	run: (*scene).severed,
}}

func (s *scene) severed(args []string) {
	set, args := flags(args, []string{"-fin", "-reset"}, nil)
	exactly(1, args)
	text := string(s.fill.text(args[0]))
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	mark := s.log.Mark()
	for at := range len(text) {
		s.log.Rewind(mark)
		if at > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d cuts went well", at)})
		}
		m := &member{Conn: s.dial("Cut", wire.Default)}
		s.saysPiece(m, "", text[:at])
		s.consumed(m.Conn)
		if len(set) == 0 {
			s.saysPiece(m, text[:at], text[at:])
			s.leaving(m, set)
			continue
		}
		s.leaving(m, set)
	}
	s.hurry = false
	s.hushed()
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note, What: record.Say("the %s were cut at each of %d places",
		record.Bytes(len(text)), len(text))})
}

// saysPiece sends a piece of what m has to say, behind what it has said before. All must
// hear the lines that are whole now, and the first one is its name.
func (s *scene) saysPiece(m *member, before, piece string) {
	if piece == "" {
		return
	}
	s.put(m.Conn, []byte(piece))
	old := strings.Count(before, "\n")
	for i, line := range strings.Split(before+piece, "\n") {
		switch text := strings.TrimSuffix(line, "\r"); {
		case i < old || i == strings.Count(before+piece, "\n"): // heard before, or not whole
		case i == 0:
			m.name = text
			s.recv(m.Conn, []byte(hereLine(roomOf(s).names()...)))
			roomOf(s).told(joinedLine(m.name), nil)
			roomOf(s).members = append(roomOf(s).members, m)
		default:
			roomOf(s).told(m.lineOf(text), m)
		}
	}
	s.hearAll()
}

// leaving lets m leave, by a FIN when nothing else is asked.
func (s *scene) leaving(m *member, set map[string]string) {
	if m.name != "" {
		roomOf(s).lose(m)
	}
	if set["-reset"] != "" {
		s.reset(m.Conn)
	} else {
		s.closeWrite(m.Conn)
		s.eof(m.Conn)
		m.Close()
	}
	s.hearAll()
}
