package play

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// originCommands are about a proxy whose origin is the grader as well.
var originCommands = []Command{{
	Name: "misleads", Args: "STATUS LISTENER QUESTION ANSWER...", Group: "Messages of HTTP",
	Summary: "for each ANSWER a client of its own sends QUESTION, and the origin at LISTENER answers so; the client " +
		"must get an answer of the program's own with this status, and a FIN",
	Detail: "The origin stays until then. When ANSWER ends with the word FIN: or RST: in front, as in FIN:TEXT, the " +
		"origin ends in this way behind TEXT.",
	run: (*scene).misleads,
}, {
	Name: "spoils", Args: "STATUS LISTENER HEAD TEXT...", Group: "Messages of HTTP",
	Summary: "for each TEXT a client of its own sends HEAD and a good chunk, which must come to the origin at " +
		"LISTENER, and then TEXT, which is no content: the client must get an answer with this status and a FIN, " +
		"and the origin an RST",
	run: (*scene).spoils,
}, {
	Name: "exchanges", Args: "N LISTENER", Group: "Messages of HTTP",
	Summary: "N clients, drawn from the seed, ask for what is at LISTENER; each request must come there as it " +
		"should, and each answer come back",
	Detail: "A client asks from one to five times, one after the other or all at once. Methods, paths, fields, the " +
		"framing of contents, their sizes and where they are cut are drawn; so are interim answers, and whether " +
		"the client speaks HTTP/1.0, or ends by Connection: close.",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.exchanges(count(args[0]), args[1])
	},
}}

// misleads lets an origin answer what must not be passed on.
func (s *scene) misleads(args []string) {
	atLeast(4, args)
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	question := s.fill.text(args[2])
	for i, arg := range args[3:] {
		mark := s.log.Mark()
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d such answers were not passed on", i)})
		}
		how, text, ends := strings.Cut(arg, ":")
		if ends = ends && (how == "FIN" || how == "RST"); !ends {
			text = arg
		}
		c := s.dial("Z", wire.Default)
		s.put(c, question)
		o := s.reached("O", args[1])
		if text != "" {
			s.put(o, s.fill.text(text))
		}
		switch {
		case ends && how == "FIN":
			o.CloseWrite()
			s.record(record.Event{Conn: o.Name, Kind: record.OutFIN})
		case ends:
			s.reset(o)
		}
		s.ownAnswer(c, args[0], nil)
		c.Close()
		o.Close()
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%d such answers were not passed on", len(args)-3)})
}

// reached accepts a connection of the program's, and reads a header section.
func (s *scene) reached(name, listener string) *wire.Conn {
	s.accept([]string{name, listener})
	o := s.conn(name)
	got, failed, end := s.readHead(o, nil)
	if !bytes.HasSuffix(got, endOfHead) {
		s.compare(o, append(bytes.Clone(got), endOfHead...), got, failed, end)
	}
	s.record(record.Event{Conn: name, Kind: record.In, Data: got, Size: len(got)})
	s.follows(o, parseHeader(got))
	return o
}

// spoils sends contents that are none, behind a good beginning.
func (s *scene) spoils(args []string) {
	atLeast(4, args)
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	begin := []byte("good")
	head := append(s.fill.text(args[2]), fmt.Sprintf("%x\r\n%s\r\n", len(begin), begin)...)
	for i, arg := range args[3:] {
		mark := s.log.Mark()
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d such contents were broken off", i)})
		}
		c := s.dial("Z", wire.Default)
		s.put(c, head)
		o := s.reached("O", args[1])
		s.content(o, begin, false)
		s.put(c, s.fill.text(arg))
		s.broken(o, s.fill.text(arg))
		s.ownAnswer(c, args[0], nil)
		c.Close()
		o.Close()
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%d such contents were broken off", len(args)-3)})
}

// broken reads a content that must break off: it may be the beginning of want.
func (s *scene) broken(c *wire.Conn, want []byte) {
	k := contentsOf(s)[c]
	if k == nil {
		s.misuse("%s: no header section has come: read it with head first", c.Name)
	}
	p := s.owner(c)
	got, failed, end := s.readContent(c, k, len(want), true)
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
	}
	switch {
	case k.over && failed == nil:
		s.rejectAt(p, c.Name, record.Say("this is the end of the content"), record.Verdict{Code: record.ExtraBytes,
			Evidence: s.gather(c, p), What: record.Say("the content was brought to an end, as if it were whole: %s "+
				"cannot know that anything has failed", c.Name)})
	case failed == nil && end == happened: // all of it has come, and the RST may still be on its way
		s.aborted(c, nil)
	case failed == nil:
		s.judge(p, end, owes{code: record.Silence, c: c, what: record.Say("the connection is still open")})
	case failed == io.EOF:
		s.record(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.rejectAt(p, c.Name, record.Say("a FIN says that this was all"), record.Verdict{Code: record.EarlyEOF,
			Evidence: s.gather(c, p), What: record.Say("the %s ended the connection by a FIN, and the content is not "+
				"whole", s.kind())})
	default:
		s.record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
