package web

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// originCommands are about a proxy whose origin is the grader as well.
var originCommands = []scene.Command{{
	Name: "misleads", Args: "[-clients N] STATUS LISTENER QUESTION ANSWER...", Group: "Messages of HTTP",
	Summary: "for each ANSWER a client of its own sends QUESTION, and the origin at LISTENER answers so; the client " +
		"must get an answer of the program's own with this status, and a FIN",
	Detail: "The origin stays until then. When ANSWER ends with the word FIN: or RST: in front, as in FIN:TEXT, the " +
		"origin ends in this way after TEXT. With -clients N clients ask at the same time, before any is answered.",
	Run: misleads,
}, {
	Name: "spoils", Args: "[-clients N] STATUS LISTENER HEAD TEXT...", Group: "Messages of HTTP",
	Summary: "for each TEXT a client of its own sends HEAD and a good chunk, which must come to the origin at " +
		"LISTENER, and then TEXT, which is not content: the client must get an answer with this status and a FIN, " +
		"and the origin an RST",
	Detail: "When TEXT begins with the word FIN: the client ends in this way after what follows. With -clients N " +
		"clients send the good chunk at the same time, before any of them sends TEXT.",
	Run: spoils,
}, {
	Name: "falters", Args: "LISTENER QUESTION HEAD TEXT...", Group: "Messages of HTTP",
	Summary: "for each TEXT a client of its own sends QUESTION, and the origin at LISTENER answers with HEAD and a " +
		"good chunk, which must come, and then with TEXT, which is not content: the client must get an RST",
	Detail: "The origin stays until then. When TEXT begins with the word FIN: or RST: the origin ends in this way " +
		"after what follows.",
	Run: falters,
}, {
	Name: "exchanges", Args: "N LISTENER", Group: "Messages of HTTP",
	Summary: "N clients, drawn from the seed, ask for what is at LISTENER; each request must come there as it " +
		"should, and each answer come back",
	Detail: "A client asks from one to five times, one after the other or all at once. Methods, paths, fields, the " +
		"framing of contents, their sizes and where they are cut are drawn; so are interim answers, and whether " +
		"the client speaks HTTP/1.0, or ends by Connection: close.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		exchanges(s, argument.Count(args[0]), args[1])
	},
}}

// manyAtOnce takes the flag -clients from args: how many clients do the same.
func manyAtOnce(args []string) (int, []string) {
	set, args := argument.Flags(args, nil, []string{"-clients"})
	if set["-clients"] == "" {
		return 1, args
	}
	return argument.Count(set["-clients"]), args
}

// asking lets n clients send data. All of them are alike: the first is in the timeline.
func asking(s *scene.Scene, n int, data []byte) []*wire.Conn {
	s.NeedFiles(2 * n)
	clients := make([]*wire.Conn, n)
	defer func() { s.Mute = false }()
	s.Hurry = s.Hurry || n > 1
	for i := range clients {
		clients[i] = s.Dial(oneOf(s, "Z", i), wire.Default)
		if len(data) > 0 {
			stream.Put(s, clients[i], data)
		}
	}
	if s.Mute = false; n > 1 {
		s.Pause()
		s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients do so at the same time", n)})
	}
	return clients
}

// oneOf returns the name of one of many, and silences the timeline but for the first.
func oneOf(s *scene.Scene, name string, i int) string {
	if s.Mute = i > 0; !s.Mute {
		return name
	}
	name = fmt.Sprint(name, i+1)
	s.Crowded[name] = true
	return name
}

// passing does f; when others follow it leaves nothing in the timeline, unless it ends there.
func passing(s *scene.Scene, others bool, f func()) {
	mark := s.Log.Mark()
	if f(); others {
		s.Log.Rewind(mark)
	}
}

// allReached accepts n connections of the program's, and reads a header section on each.
func allReached(s *scene.Scene, listener string, n int) []*wire.Conn {
	origins := make([]*wire.Conn, n)
	defer func() { s.Mute = false }()
	for i := range origins {
		origins[i] = reached(s, oneOf(s, "O", i), listener)
	}
	return origins
}

// shut closes connections of the grader's.
func shut(conns []*wire.Conn) {
	for _, c := range conns {
		c.Close()
	}
}

// misleads lets an origin answer what must not be passed on.
func misleads(s *scene.Scene, args []string) {
	n, args := manyAtOnce(args)
	argument.AtLeast(4, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	question := s.Fill.Text(args[2])
	for i, arg := range args[3:] {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d such answers were not passed on", i*n)})
		}
		clients := asking(s, n, question)
		origins := allReached(s, args[1], n)
		for k, o := range origins {
			s.Mute = k > 0
			last(s, o, arg)
		}
		s.Mute = false
		for k, c := range clients {
			passing(s, k < n-1, func() { ownAnswer(s, c, args[0], nil) })
			c.Close()
		}
		shut(origins)
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d such answers were not passed on",
		n*(len(args)-3))})
}

// last sends the last words of c, which are arg without a FIN: or RST: in front, and
// then ends c in that way.
func last(s *scene.Scene, c *wire.Conn, arg string) {
	how, text, ends := strings.Cut(arg, ":")
	if ends = ends && (how == "FIN" || how == "RST"); !ends {
		text = arg
	}
	if text != "" {
		stream.Put(s, c, s.Fill.Text(text))
	}
	switch {
	case ends && how == "FIN":
		c.CloseWrite()
		s.Record(record.Event{Conn: c.Name, Kind: record.OutFIN})
	case ends:
		stream.Reset(s, c)
	}
}

// reached accepts a connection of the program's, and reads a header section.
func reached(s *scene.Scene, name, listener string) *wire.Conn {
	server.Accept(s, []string{name, listener})
	o := s.Conn(name)
	got, failed, end := readHead(s, o, nil)
	if !bytes.HasSuffix(got, endOfHead) {
		stream.Compare(s, o, append(bytes.Clone(got), endOfHead...), got, failed, end)
	}
	s.Record(record.Event{Conn: name, Kind: record.In, Data: got, Size: len(got)})
	follows(s, o, parseHeader(got))
	return o
}

// What a content begins with that is none.
const (
	good      = "good"
	goodChunk = "4\r\n" + good + "\r\n"
)

// spoils sends contents that are none, behind a good beginning.
func spoils(s *scene.Scene, args []string) {
	n, args := manyAtOnce(args)
	argument.AtLeast(4, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	head := append(s.Fill.Text(args[2]), goodChunk...)
	for i, arg := range args[3:] {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d such contents were broken off", i*n)})
		}
		clients := asking(s, n, head)
		origins := allReached(s, args[1], n)
		for k, o := range origins {
			s.Mute = k > 0
			wantContent(s, o, []byte(good), false)
		}
		for k, c := range clients {
			s.Mute = k > 0
			last(s, c, arg)
		}
		s.Mute = false
		for k, o := range origins {
			passing(s, k < n-1, func() { broken(s, o, s.Fill.Text(arg)) })
		}
		for k, c := range clients {
			passing(s, k < n-1, func() { ownAnswer(s, c, args[0], nil) })
			c.Close()
		}
		shut(origins)
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d such contents were broken off", n*(len(args)-3))})
}

// falters lets an origin send contents that are none, behind a good beginning.
func falters(s *scene.Scene, args []string) {
	argument.AtLeast(4, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	question, begin := s.Fill.Text(args[1]), append(s.Fill.Text(args[2]), goodChunk...)
	for i, arg := range args[3:] {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d such answers were broken off", i)})
		}
		c := asking(s, 1, question)[0]
		o := reached(s, "O", args[0])
		stream.Put(s, o, begin)
		got, failed, end := readHead(s, c, nil)
		if !bytes.HasSuffix(got, endOfHead) {
			compareStart(s, c, []byte("HTTP/1.1 200 "), got, failed, end)
		}
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		follows(s, c, parseHeader(got))
		wantContent(s, c, []byte(good), false)
		last(s, o, arg)
		broken(s, c, s.Fill.Text(arg))
		shut([]*wire.Conn{c, o})
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d such answers were broken off", len(args)-3)})
}

// broken reads a content that must break off: it may be the beginning of want.
func broken(s *scene.Scene, c *wire.Conn, want []byte) {
	k := contentsOf(s)[c]
	if k == nil {
		s.Misuse("%s: no header section has come: read it with head first", c.Name)
	}
	p := s.Owner(c)
	got, failed, end := readContent(s, c, k, len(want), true)
	if len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
	}
	switch {
	case k.over && failed == nil:
		s.RejectAt(p, c.Name, record.Say("this is the end of the content"), record.Verdict{Code: record.ExtraBytes,
			Evidence: s.Gather(c, p), What: record.Say("the content was brought to an end, as if it were whole: %s "+
				"cannot know that anything has failed", c.Name)})
	case failed == nil && end == scene.Happened: // all of it has come, and the RST may still be on its way
		stream.Aborted(s, c, nil)
	case failed == nil:
		s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c, What: record.Say("it has not closed the connection")})
	case failed == io.EOF:
		s.Record(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.RejectAt(p, c.Name, record.Say("a FIN says that this was all"), record.Verdict{Code: record.EarlyEOF,
			Evidence: s.Gather(c, p), What: record.Say("the %s ended the connection with a FIN, and the content is "+
				"not whole", s.Kind())})
	default:
		s.Record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
