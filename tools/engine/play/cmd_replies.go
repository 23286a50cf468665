package play

import (
	"fmt"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var protocolCommands = []Command{{
	Name: "ask", Args: "[-each VALUES] [-frozen] NAME QUESTION REPLY...", Group: "Questions and replies",
	Summary: "send each QUESTION when the program is at rest; exactly its REPLY must come",
	Detail: "With -each all of that is done for every one of VALUES, which {} stands for: every-byte, or sizes such " +
		"as 511-513,4096. With -frozen the program is stopped (SIGSTOP) while a question is sent, so that one read " +
		"takes as much of it as the program's buffer holds. Of values that went well one row is left.",
	run: (*scene).ask,
}, {
	Name: "cuts", Args: "[-fin|-reset] QUESTION REPLY...", Group: "Questions and replies",
	Summary: "send the questions as one stream that is cut, at each place in turn",
	Detail: "What comes before the cut is sent, and the replies to those questions that are whole must come. Then " +
		"the rest is sent and the other replies must come. With -fin a FIN comes in place of the rest, and nothing " +
		"but the program's FIN may follow; with -reset a RST. Then each cut has a connection of its own.",
	run: (*scene).cuts,
}, {
	Name: "rejects", Args: "REPLY TEXT...", Group: "Questions and replies",
	Summary: "a client of its own sends each TEXT, must get REPLY, and then the end of its connection, in " +
		"whichever way",
	run: (*scene).rejects,
}}

// ask sends questions in lockstep.
func (s *scene) ask(args []string) {
	set, args := flags(args, []string{"-frozen"}, []string{"-each"})
	atLeast(3, args)
	defer func() { s.hurry = false }()
	c := s.conn(args[0])
	values := []string{""}
	if set["-each"] != "" {
		values = sweep(set["-each"])
	}
	s.hurryPastTimers(s.owner(c))
	mark := s.log.Mark()
	for i, value := range values {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d of %d went well", i, len(values))})
		}
		s.askAll(c, s.questions(filled(args[1:], value)), set["-frozen"] != "")
	}
	s.hurry = false
	s.nothingMore(c)
	if len(values) > 1 {
		s.log.Rewind(mark)
		s.record(record.Event{Kind: record.Note, What: record.Say("all %d went well", len(values))})
	}
}

// askAll sends each question when the reply to the one before has come.
func (s *scene) askAll(c *wire.Conn, all []question, frozen bool) {
	for _, q := range all {
		if frozen {
			s.inOnePiece(c, q.ask)
		} else {
			s.put(c, q.ask)
		}
		s.recv(c, q.reply)
	}
}

// filled returns args with value in the place of {}.
func filled(args []string, value string) []string {
	all := make([]string, len(args))
	for i, arg := range args {
		all[i] = strings.ReplaceAll(arg, "{}", value)
	}
	return all
}

// sweep lists what {} stands for, one after the other.
func sweep(values string) (all []string) {
	if values == "every-byte" {
		for b := range 256 {
			all = append(all, fmt.Sprintf(`\x%02x`, b))
		}
		return all
	}
	for part := range strings.SplitSeq(values, ",") {
		from, to, run := strings.Cut(part, "-")
		if !run {
			to = from
		}
		for n := size(from); n <= size(to); n++ {
			all = append(all, strconv.Itoa(n))
		}
	}
	return all
}

// A question is what is sent, and the reply that must come.
type question struct{ ask, reply []byte }

func (s *scene) questions(args []string) (all []question) {
	if len(args) < 2 || len(args)%2 != 0 {
		panic(usage("each QUESTION needs a REPLY"))
	}
	for i := 0; i < len(args); i += 2 {
		all = append(all, question{s.fill.text(args[i]), s.fill.text(args[i+1])})
	}
	return all
}

// cuts cuts one stream of questions at each place in turn.
func (s *scene) cuts(args []string) {
	set, args := flags(args, []string{"-fin", "-reset"}, nil)
	all := s.questions(args)
	var joined []byte
	for _, q := range all {
		joined = append(joined, q.ask...)
	}
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	own := len(set) > 0 // a connection for each cut
	var c *wire.Conn
	if !own {
		c = s.dial("Z", wire.Default)
	}
	mark := s.log.Mark()
	for at := 1; at < len(joined); at++ {
		s.log.Rewind(mark)
		s.record(record.Event{Kind: record.Note, What: record.Say("cut after %d of %s, before %s", at,
			record.Bytes(len(joined)), record.Quoting(joined[at:], len(joined)-at, 12))})
		if own {
			c = s.dial("Z", wire.Default)
		}
		due, later := repliesBefore(all, at)
		s.put(c, joined[:at])
		if len(due) > 0 {
			s.recv(c, due)
		}
		if !s.hurry {
			s.premature(c, joined[at:])
		}
		s.consumed(c) // so it finds the rest by another read
		s.afterCut(c, set, joined[at:], later)
	}
	s.hurry = false
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note, What: record.Say("the stream of %s was cut at each of its %d places",
		record.Bytes(len(joined)), len(joined)-1)})
}

// afterCut ends a connection that was cut, or sends the rest.
func (s *scene) afterCut(c *wire.Conn, set map[string]string, rest, later []byte) {
	switch {
	case set["-reset"] != "":
		s.reset(c)
	case set["-fin"] != "":
		s.closeWrite(c)
		s.eof(c)
		c.Close()
	default:
		s.put(c, rest)
		s.recv(c, later)
	}
}

// repliesBefore joins the replies to the questions that are whole in the first
// n bytes, and those to the others.
func repliesBefore(all []question, n int) (due, later []byte) {
	for _, q := range all {
		if n -= len(q.ask); n >= 0 {
			due = append(due, q.reply...)
		} else {
			later = append(later, q.reply...)
		}
	}
	return due, later
}

// premature fails when something has come on c before its question was whole.
func (s *scene) premature(c *wire.Conn, rest []byte) {
	s.rest(s.owner(c))
	s.stillOpen(c, rest)
	buf := make([]byte, 4096)
	n, _ := c.Read(buf, 0)
	if n == 0 {
		return
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: buf[:n], Size: n})
	s.reject(c.Name, record.Say("an answer, before the question is whole"),
		record.Verdict{Code: record.OutOfTurn,
			What: record.Say("%s was answered before its question had come to its end", c.Name),
			Got:  buf[:n], Compare: true})
}

// rejects sends what makes no sense, each time from a client of its own.
func (s *scene) rejects(args []string) {
	atLeast(2, args)
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.main())
	reply := s.fill.text(args[0])
	for i, arg := range args[1:] {
		mark := s.log.Mark()
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d such clients have come and gone", i)})
		}
		c := s.dial("Z", wire.Default)
		s.put(c, s.fill.text(arg))
		s.recv(c, reply)
		s.over(c)
		c.Close()
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%d such clients have come and gone", len(args)-1)})
}
