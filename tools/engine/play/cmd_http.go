package play

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// httpCommands are about messages of HTTP/1.1. The grader is a client, or the
// origin to which a proxy connects.
var httpCommands = []Command{{
	Name: "head", Args: "NAME START [FIELD...]", Group: "Messages of HTTP",
	Summary: "a header section must come next: the line START, and just these fields",
	Detail: "A FIELD is 'Name: value'. The case of names, the order of fields with different names, and spaces round " +
		"a value do not matter; several fields with one name may have come as one list. Via and Connection may be " +
		"there though they are not named. What follows is read by content.",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		want := header{start: string(s.fill.text(args[1]))}
		for _, arg := range args[2:] {
			f := fieldOf(string(s.fill.text(arg)))
			if f.name == "" {
				s.misuse("%q is not a field", arg)
			}
			want.fields = append(want.fields, f)
		}
		s.head(s.conn(args[0]), want)
	},
}, {
	Name: "content", Args: "[-part] NAME TEXT...", Group: "Messages of HTTP",
	Summary: "the content behind the last header section must be TEXT, in the framing that it has",
	Detail: "That is Content-Length, chunks of any sizes, or, of an answer, all up to the FIN, for which eof asks. " +
		"With -part TEXT is what comes next of it.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-part"}, nil)
		atLeast(1, args)
		s.content(s.conn(args[0]), s.fill.joined(args[1:]), set["-part"] == "")
	},
}, {
	Name: "broken", Args: "NAME TEXT...", Group: "Messages of HTTP",
	Summary: "a part of TEXT may come as content, also all of it, but not its end; then the program must end the " +
		"connection by an RST, not a FIN",
	run: onBytes((*scene).broken),
}, {
	Name: "answered", Args: "NAME STATUS[,STATUS...]", Group: "Messages of HTTP",
	Summary: "an answer of the program's own must come, with one of these status codes, and then a FIN",
	Detail:  "Which fields it has, and which content, is up to the program.",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.ownAnswer(s.conn(args[0]), args[1], nil)
	},
}, {
	Name: "declines", Args: "STATUS[,STATUS...] LISTENER TEXT...", Group: "Messages of HTTP",
	Summary: "a client of its own sends each TEXT, must get an answer with one of these status codes, and a FIN; " +
		"the program must not have connected to LISTENER",
	Detail: "TEXT is as for send, and also head:'LINE|LINE', a header section with these lines, and chunk:TEXT.",
	run:    (*scene).declines,
}, {
	Name: "undialled", Args: "LISTENER...", Group: "Messages of HTTP",
	Summary: "the program must be at rest, and not have connected to these",
	Detail:  "A connection that accept has taken does not count.",
	run: func(s *scene, args []string) {
		atLeast(1, args)
		s.rest(s.main())
		for _, name := range args {
			s.strayTo(s.listener([]string{name}))
		}
		s.record(record.Event{Kind: record.Note, What: record.Say("at rest, and not connected to %s",
			strings.Join(args, " or "))})
	},
}}

// mostHeader is the longest header section that the grader reads.
const mostHeader = 256 << 10

// readHead reads a header section. Its bytes are read one by one, so that none
// behind it is taken.
func (s *scene) readHead(c *wire.Conn, stop func() bool) (got []byte, failed error, end why) {
	one := make([]byte, 1)
	end = s.await(s.owner(c), c, func(d time.Duration) progress {
		for {
			if stop != nil && stop() {
				return done
			}
			k, err := c.Read(one, d)
			got = append(got, one[:k]...)
			switch {
			case bytes.HasSuffix(got, endOfHead) || len(got) > mostHeader:
				return done
			case err == wire.ErrLater:
				return nothing
			case err != nil:
				failed = err
				return done
			}
			d = 0
		}
	})
	return got, failed, end
}

// head reads a header section and judges it.
func (s *scene) head(c *wire.Conn, want header) {
	got, failed, end := s.readHead(c, nil)
	if !bytes.HasSuffix(got, endOfHead) {
		_, meant := want.misfit(header{start: want.start})
		s.compare(c, meant, got, failed, end)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	h := parseHeader(got)
	if problem, meant := want.misfit(h); problem != "" {
		s.reject(c.Name, record.Say("this is not the header section expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the header section that came is not the one expected: %v", record.Foreign(problem)),
			Want: meant, Got: got, Compare: true})
	}
	s.follows(c, h)
}

// follows remembers how what follows h on c is framed.
func (s *scene) follows(c *wire.Conn, h header) {
	contentsOf(s)[c] = h.content()
}

// content reads what follows a header section: all of it, or so much.
func (s *scene) content(c *wire.Conn, want []byte, all bool) {
	k := contentsOf(s)[c]
	if k == nil {
		s.misuse("%s: no header section has come: read it with head first", c.Name)
	}
	got, failed, end := s.readContent(c, k, len(want), all)
	if k.bad != "" {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.reject(c.Name, record.Say("this is no content"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the content cannot be read: %s", k.bad), Want: want, Got: got, Compare: true})
	}
	if !bytes.Equal(got, want) || failed != nil || end != happened {
		s.compareContent(c, want, got, failed, end)
		return
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: s.stuffed[c.Name] > 0})
}

// compareContent judges a content that is not as it should be.
func (s *scene) compareContent(c *wire.Conn, want, got []byte, failed error, end why) {
	if !bytes.Equal(got, want) {
		s.compare(c, want, got, failed, end)
		return
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	o := owes{code: record.Silence, c: c, what: record.Say("the end of the content does not come")}
	if failed != nil {
		s.hangup(c, failed, o)
	}
	s.judge(s.owner(c), end, o)
}

// readContent reads n bytes of a content, and with all what must come behind them.
func (s *scene) readContent(c *wire.Conn, k *content, n int, all bool) (got []byte, failed error, end why) {
	buf := make([]byte, 64<<10)
	enough := func() bool {
		return k.bad != "" || k.over || len(got) > n || len(got) == n && (!all || k.untilEnd)
	}
	if enough() {
		return got, nil, happened
	}
	end = s.await(s.owner(c), c, func(d time.Duration) progress {
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
				return done
			case err == wire.ErrLater && came:
				return moved
			case err == wire.ErrLater:
				return nothing
			case err != nil:
				failed = err
				return done
			}
			came, d = true, 0
		}
	})
	return got, failed, end
}

// ownAnswer reads an answer of the program's own. What stop finds ends the wait.
func (s *scene) ownAnswer(c *wire.Conn, statuses string, stop func() bool) {
	got, failed, end := s.readHead(c, stop)
	first, _, _ := strings.Cut(statuses, ",")
	want := []byte("HTTP/1.1 " + first + " ")
	if !bytes.HasSuffix(got, endOfHead) {
		s.compareStart(c, want, got, failed, end)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	h := parseHeader(got)
	code := strconv.Itoa(h.status())
	if !strings.Contains(","+statuses+",", ","+code+",") {
		s.reject(c.Name, record.Say("this is not the answer expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("an answer with the status %s is expected, and this one came", strings.ReplaceAll(statuses,
				",", " or ")), Want: want, Got: got[:min(len(got), len(want))], Compare: true})
	}
	k := h.content()
	for k.bad == "" && !k.over && !k.untilEnd {
		if _, failed, end := s.readContent(c, k, mostHeader, true); failed != nil || end != happened {
			s.compareContent(c, nil, nil, failed, end)
		}
	}
	if k.untilEnd {
		s.readContent(c, k, mostHeader, true)
		return
	}
	s.eof(c)
}

// compareStart judges that no header section came which begins with want.
func (s *scene) compareStart(c *wire.Conn, want, got []byte, failed error, end why) {
	if bytes.HasPrefix(got, want) && failed == io.EOF {
		want = append(bytes.Clone(got), endOfHead...)
	}
	s.compare(c, want, got, failed, end)
}

// declines sends what must be refused, each time from a client of its own.
func (s *scene) declines(args []string) {
	atLeast(3, args)
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	l := s.listener(args[1:2])
	for i, arg := range args[2:] {
		mark := s.log.Mark()
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d such requests were refused", i)})
		}
		c := s.dial("Z", wire.Default)
		s.put(c, s.fill.text(arg))
		s.refusal(c, args[0], l)
		c.Close()
		s.strayTo(l)
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%d such requests were refused", len(args)-2)})
}

// refusal reads the answer to a request that must be refused; a connection to l
// ends the wait for it.
func (s *scene) refusal(c *wire.Conn, statuses string, l *wire.Listener) {
	looks := 0
	s.ownAnswer(c, statuses, func() bool {
		if looks++; looks%8 == 0 && s.queued(l) {
			s.strayTo(l)
		}
		return false
	})
}

// strayTo fails when a connection waits at l: where it should not be.
func (s *scene) strayTo(l *wire.Listener) {
	if !s.queued(l) {
		return
	}
	p := s.main()
	c, err := l.Accept(l.Name, slice)
	if err != nil {
		return
	}
	s.hold(c, p)
	s.record(record.Event{Conn: c.Name, Kind: record.Connect, From: true,
		What: record.Say("connect from %v", c.Remote)})
	got := s.surplus(c)
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	}
	s.rejectAt(p, c.Name, record.Say("it should not have come here"), record.Verdict{Code: record.Connected,
		Evidence: s.gather(c, p), What: record.Say("the program connected to %s, where it must not, and sent %s",
			l.Name, record.Varies(record.Bytes(len(got)), "N bytes"))})
}
