package web

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// httpCommands are about messages of HTTP/1.1. The grader is a client, or the
// origin to which a proxy connects.
var httpCommands = []scene.Command{{
	Name: "head", Args: "NAME START [FIELD...]", Group: "Messages of HTTP",
	Summary: "a header section must come next: the line START, and just these fields",
	Detail: "A FIELD is 'Name: value'. The case of names, the order of fields with different names, and spaces " +
		"around a value do not matter; several fields with one name may have come as one list. Via and Connection " +
		"may be there though they are not named. What follows is read by content.",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		want := header{start: string(s.Fill.Text(args[1]))}
		for _, arg := range args[2:] {
			f := fieldOf(string(s.Fill.Text(arg)))
			if f.name == "" {
				s.Misuse("%q is not a field", arg)
			}
			want.fields = append(want.fields, f)
		}
		head(s, s.Conn(args[0]), want)
	},
}, {
	Name: "content", Args: "[-part] NAME TEXT...", Group: "Messages of HTTP",
	Summary: "the content after the last header section must be TEXT, in the framing that it has",
	Detail: "That is Content-Length, chunks of any sizes, or, of an answer, all up to the FIN, for which eof asks. " +
		"After the last chunk there may be trailers, but no field that a proxy does not pass on, or writes by " +
		"itself. With -part TEXT is what comes next of it.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-part"}, nil)
		argument.AtLeast(1, args)
		wantContent(s, s.Conn(args[0]), s.Fill.Joined(args[1:]), set["-part"] == "")
	},
}, {
	Name: "broken", Args: "NAME TEXT...", Group: "Messages of HTTP",
	Summary: "a part of TEXT may come as content, or all of it, but not its end; then the program must end the " +
		"connection with an RST, not a FIN",
	Run: scene.OnBytes(broken),
}, {
	Name: "answered", Args: "[-now] NAME STATUS[,STATUS...]", Group: "Messages of HTTP",
	Summary: "an answer of the program's own must come, with one of these status codes, and then a FIN",
	Detail: "Which fields it has, and which content, is up to the program. With -now it must have come when the " +
		"program is at rest: no timer of the program is waited for.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-now"}, nil)
		argument.Exactly(2, args)
		if c := s.Conn(args[0]); set["-now"] == "" || stream.HasEnded(s, c) {
			ownAnswer(s, c, args[1], nil)
		}
	},
}, {
	Name: "declines", Args: "[-clients N] STATUS[,STATUS...] LISTENER TEXT...", Group: "Messages of HTTP",
	Summary: "a client of its own sends each TEXT, must get an answer with one of these status codes, and a FIN; " +
		"the program must not have connected to LISTENER",
	Detail: "TEXT is as for send, and also head:'LINE|LINE', a header section with these lines, and chunk:TEXT. " +
		"With -clients N clients send it at the same time, and each must get that.",
	Run: declines,
}, {
	Name: "undialled", Args: "LISTENER...", Group: "Messages of HTTP",
	Summary: "the program must be at rest, and not have connected to these",
	Detail:  "A connection that accept has taken does not count.",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(1, args)
		s.Rest(s.Main())
		for _, name := range args {
			strayTo(s, s.Listener([]string{name}))
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("at rest, and not connected to %s",
			strings.Join(args, " or "))})
	},
}}

// mostHeader is the longest header section that the grader reads.
const mostHeader = 256 << 10

// readHead reads a header section. Its bytes are read one by one, so that none
// behind it is taken.
func readHead(s *scene.Scene, c *wire.Conn, stop func() bool) (got []byte, failed error, end scene.Why) {
	one := make([]byte, 1)
	end = s.Await(s.Owner(c), c, func(d time.Duration) scene.Progress {
		for {
			if stop != nil && stop() {
				return scene.Done
			}
			k, err := c.Read(one, d)
			got = append(got, one[:k]...)
			switch {
			case bytes.HasSuffix(got, endOfHead) || len(got) > mostHeader:
				return scene.Done
			case err == wire.ErrLater:
				return scene.Nothing
			case err != nil:
				failed = err
				return scene.Done
			}
			d = 0
		}
	})
	return got, failed, end
}

// head reads a header section and judges it.
func head(s *scene.Scene, c *wire.Conn, want header) {
	got, failed, end := readHead(s, c, nil)
	if !bytes.HasSuffix(got, endOfHead) {
		_, meant := want.misfit(header{start: want.start})
		stream.Compare(s, c, meant, got, failed, end)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	h := parseHeader(got)
	if problem, meant := want.misfit(h); problem != "" {
		s.Reject(c.Name, record.Say("this is not the header section expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the header section that came is not the one expected: %v", record.Foreign(problem)),
			Want: meant, Got: got, Compare: true})
	}
	follows(s, c, h)
}

// follows remembers how what follows h on c is framed.
func follows(s *scene.Scene, c *wire.Conn, h header) {
	contentsOf(s)[c] = h.content()
}

// wantContent reads what follows a header section: all of it, or so much.
func wantContent(s *scene.Scene, c *wire.Conn, want []byte, all bool) {
	k := contentsOf(s)[c]
	if k == nil {
		s.Misuse("%s: no header section has come: read it with head first", c.Name)
	}
	got, failed, end := readContent(s, c, k, len(want), all)
	if k.bad != "" {
		got = append(got, k.stray...)
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.Reject(c.Name, record.Say("this is not the content"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the content is not in order: %s", k.bad), Want: want, Got: got, Compare: true})
	}
	if !bytes.Equal(got, want) || failed != nil || end != scene.Happened {
		compareContent(s, c, want, got, failed, end)
		return
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: s.Stuffed[c.Name] > 0})
}

// compareContent judges a content that is not as it should be.
func compareContent(s *scene.Scene, c *wire.Conn, want, got []byte, failed error, end scene.Why) {
	if !bytes.Equal(got, want) {
		stream.Compare(s, c, want, got, failed, end)
		return
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	o := scene.Owes{Code: record.Silence, Conn: c, What: record.Say("the end of the content has not come")}
	if failed != nil {
		s.Hangup(c, failed, o)
	}
	s.Judge(s.Owner(c), end, o)
}

// readContent reads n bytes of a content, and with all what must come behind them.
func readContent(s *scene.Scene, c *wire.Conn, k *content, n int, all bool) (got []byte, failed error, end scene.Why) {
	buf := make([]byte, 64<<10)
	enough := func() bool {
		return k.bad != "" || k.over || len(got) > n || len(got) == n && (!all || k.untilEnd)
	}
	if enough() {
		return got, nil, scene.Happened
	}
	end = s.Await(s.Owner(c), c, func(d time.Duration) scene.Progress {
		came := false
		for {
			most := min(len(buf), k.most(n-len(got)))
			if !all { // what is behind it is read by the next command
				most = min(most, max(1, n-len(got)))
			}
			m, err := c.Read(buf[:most], d)
			got = append(got, k.take(buf[:m])...)
			switch {
			case enough():
				return scene.Done
			case err == wire.ErrLater && came:
				return scene.Moved
			case err == wire.ErrLater:
				return scene.Nothing
			case err != nil:
				failed = err
				return scene.Done
			}
			came, d = true, 0
		}
	})
	return got, failed, end
}

// ownAnswer reads an answer of the program's own. What stop finds ends the wait.
func ownAnswer(s *scene.Scene, c *wire.Conn, statuses string, stop func() bool) {
	got, failed, end := readHead(s, c, stop)
	first, _, _ := strings.Cut(statuses, ",")
	want := []byte("HTTP/1.1 " + first + " ")
	if !bytes.HasSuffix(got, endOfHead) {
		compareStart(s, c, want, got, failed, end)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	h := parseHeader(got)
	code := strconv.Itoa(h.status())
	if !strings.Contains(","+statuses+",", ","+code+",") {
		s.Reject(c.Name, record.Say("this is not the answer expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("an answer with the status %s is expected, and this one came", strings.ReplaceAll(statuses,
				",", " or ")), Want: want, Got: got[:min(len(got), len(want))], Compare: true})
	}
	k := h.content()
	for k.bad == "" && !k.over && !k.untilEnd {
		if _, failed, end := readContent(s, c, k, mostHeader, true); failed != nil || end != scene.Happened {
			compareContent(s, c, nil, nil, failed, end)
		}
	}
	if k.untilEnd {
		readContent(s, c, k, mostHeader, true)
		return
	}
	stream.Eof(s, c)
}

// compareStart judges that no header section came which begins with want.
func compareStart(s *scene.Scene, c *wire.Conn, want, got []byte, failed error, end scene.Why) {
	if bytes.HasPrefix(got, want) && failed == io.EOF {
		want = append(bytes.Clone(got), endOfHead...)
	}
	stream.Compare(s, c, want, got, failed, end)
}

// declines sends what must be refused, each time from clients of its own.
func declines(s *scene.Scene, args []string) {
	n, args := manyAtOnce(args)
	argument.AtLeast(3, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	l := s.Listener(args[1:2])
	for i, arg := range args[2:] {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d such requests were refused", i*n)})
		}
		for k, c := range asking(s, n, s.Fill.Text(arg)) {
			passing(s, k < n-1, func() { refusal(s, c, args[0], l) })
			c.Close()
		}
		strayTo(s, l)
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d such requests were refused", n*(len(args)-2))})
}

// refusal reads the answer to a request that must be refused; a connection to l
// ends the wait for it.
func refusal(s *scene.Scene, c *wire.Conn, statuses string, l *wire.Listener) {
	looks := 0
	ownAnswer(s, c, statuses, func() bool {
		if looks++; looks%8 == 0 && server.Queued(s, l) {
			strayTo(s, l)
		}
		return false
	})
}

// strayTo fails when a connection waits at l: where it should not be.
func strayTo(s *scene.Scene, l *wire.Listener) {
	if !server.Queued(s, l) {
		return
	}
	p := s.Main()
	c, err := l.Accept(l.Name, scene.Slice)
	if err != nil {
		return
	}
	s.Hold(c, p)
	s.Record(record.Event{Conn: c.Name, Kind: record.Connect, From: true,
		What: record.Say("connect from %v", c.Remote)})
	got := stream.Surplus(s, c)
	if len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	}
	s.RejectAt(p, c.Name, record.Say("it should not have come here"), record.Verdict{Code: record.Connected,
		Evidence: s.Gather(c, p), What: record.Say("the program connected to %s, where it must not, and sent %s",
			l.Name, record.Varies(record.Bytes(len(got)), "N bytes"))})
}
