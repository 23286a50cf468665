package resp

import (
	"fmt"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var protocolCommands = []scene.Command{{
	Name: "ask", Args: "[-each VALUES] [-frozen] NAME QUESTION REPLY...", Group: "Questions and replies",
	Summary: "send each QUESTION when the program is at rest; exactly its REPLY must come",
	Detail: "With -each all of that is done for every one of VALUES, which {} stands for: every-byte, or sizes such " +
		"as 511-513,4096. With -frozen the program is stopped (SIGSTOP) while a question is sent, so that one read " +
		"takes as much of it as the program's buffer holds. Of values that went well one row is left.",
	Run: ask,
}, {
	Name: "cuts", Args: "[-fin|-reset] QUESTION REPLY...", Group: "Questions and replies",
	Summary: "send the questions as one stream that is cut, at each place in turn",
	Detail: "What comes before the cut is sent, and the replies to those questions that are whole must come. Then " +
		"the rest is sent and the other replies must come. With -fin a FIN comes instead of the rest, and nothing " +
		"but the program's FIN may follow; with -reset a RST. Then each cut has a connection of its own.",
	Run: cuts,
}, {
	Name: "rejects", Args: "[-each VALUES] REPLY TEXT...", Group: "Questions and replies",
	Summary: "a client of its own sends each TEXT, must get REPLY, and then the end of its connection, in any way",
	Detail: "With -each all of that is done for every one of VALUES, as for ask, or no-digit: every byte that is " +
		"none.",
	Run: rejects,
}}

// ask sends questions in lockstep.
func ask(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-frozen"}, []string{"-each"})
	argument.AtLeast(3, args)
	defer func() { s.Hurry = false }()
	c := s.Conn(args[0])
	values := []string{""}
	if set["-each"] != "" {
		values = Sweep(set["-each"])
	}
	s.HurryPastTimers(s.Owner(c))
	mark := s.Log.Mark()
	for i, value := range values {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d of %d went well", i, len(values))})
		}
		askAll(s, c, questions(s, filled(args[1:], value)), set["-frozen"] != "")
	}
	s.Hurry = false
	stream.NothingMore(s, c)
	if len(values) > 1 {
		s.Log.Rewind(mark)
		s.Record(record.Event{Kind: record.Note, What: record.Say("all %d went well", len(values))})
	}
}

// askAll sends each question when the reply to the one before has come.
func askAll(s *scene.Scene, c *wire.Conn, all []Question, frozen bool) {
	for _, q := range all {
		if frozen {
			stream.InOnePiece(s, c, q.Ask)
		} else {
			stream.Put(s, c, q.Ask)
		}
		stream.Recv(s, c, q.Reply)
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

// Sweep lists what {} stands for, one after the other.
func Sweep(values string) (all []string) {
	if values == "every-byte" || values == "no-digit" {
		for b := range 256 {
			if values == "every-byte" || b < '0' || b > '9' {
				all = append(all, fmt.Sprintf(`\x%02x`, b))
			}
		}
		return all
	}
	for part := range strings.SplitSeq(values, ",") {
		from, to, run := strings.Cut(part, "-")
		if !run {
			to = from
		}
		for n := argument.Size(from); n <= argument.Size(to); n++ {
			all = append(all, strconv.Itoa(n))
		}
	}
	return all
}

// A Question is what is sent, and the reply that must come.
type Question struct{ Ask, Reply []byte }

func questions(s *scene.Scene, args []string) (all []Question) {
	if len(args) < 2 || len(args)%2 != 0 {
		panic(argument.Usage("each QUESTION needs a REPLY"))
	}
	for i := 0; i < len(args); i += 2 {
		all = append(all, Question{s.Fill.Text(args[i]), s.Fill.Text(args[i+1])})
	}
	return all
}

// cuts cuts one stream of questions at each place in turn.
func cuts(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-fin", "-reset"}, nil)
	all := questions(s, args)
	var joined []byte
	for _, q := range all {
		joined = append(joined, q.Ask...)
	}
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	own := len(set) > 0 // a connection for each cut
	var c *wire.Conn
	if !own {
		c = s.Dial("Z", wire.Default)
	}
	mark := s.Log.Mark()
	for at := 1; at < len(joined); at++ {
		s.Log.Rewind(mark)
		s.Record(record.Event{Kind: record.Note, What: record.Say("cut after %d of %s, before %s", at,
			record.Bytes(len(joined)), record.Quoting(joined[at:], len(joined)-at, 12))})
		if own {
			c = s.Dial("Z", wire.Default)
		}
		due, later := repliesBefore(all, at)
		stream.Put(s, c, joined[:at])
		if len(due) > 0 {
			stream.Recv(s, c, due)
		}
		if !s.Hurry {
			premature(s, c, joined[at:])
		}
		stream.Consumed(s, c) // so it finds the rest by another read
		afterCut(s, c, set, joined[at:], later)
	}
	s.Hurry = false
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("the stream of %s was cut at each of its %d places",
		record.Bytes(len(joined)), len(joined)-1)})
}

// afterCut ends a connection that was cut, or sends the rest.
func afterCut(s *scene.Scene, c *wire.Conn, set map[string]string, rest, later []byte) {
	switch {
	case set["-reset"] != "":
		stream.Reset(s, c)
	case set["-fin"] != "":
		stream.CloseWrite(s, c)
		stream.Eof(s, c)
		c.Close()
	default:
		stream.Put(s, c, rest)
		stream.Recv(s, c, later)
	}
}

// repliesBefore joins the replies to the questions that are whole in the first
// n bytes, and those to the others.
func repliesBefore(all []Question, n int) (due, later []byte) {
	for _, q := range all {
		if n -= len(q.Ask); n >= 0 {
			due = append(due, q.Reply...)
		} else {
			later = append(later, q.Reply...)
		}
	}
	return due, later
}

// premature fails when something has come on c before its question was whole.
func premature(s *scene.Scene, c *wire.Conn, rest []byte) {
	s.Rest(s.Owner(c))
	stream.StillOpen(s, c, rest)
	buf := make([]byte, 4096)
	n, _ := c.Read(buf, 0)
	if n == 0 {
		return
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: buf[:n], Size: n})
	s.Reject(c.Name, record.Say("an answer, before the question is whole"),
		record.Verdict{Code: record.OutOfTurn,
			What: record.Say("%s was answered before its question had come to its end", c.Name),
			Got:  buf[:n], Compare: true})
}

// rejects sends what makes no sense, each time from a client of its own.
func rejects(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	all := args[1:]
	if args[0] == "-each" { // a REPLY may begin with a hyphen, too
		argument.AtLeast(4, args)
		values := Sweep(args[1])
		args = args[2:]
		all = nil
		for _, value := range values {
			all = append(all, filled(args[1:], value)...)
		}
		s.Hurry = true
	}
	reply := s.Fill.Text(args[0])
	for i, arg := range all {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: comeAndGone(i)})
		}
		c := s.Dial("Z", wire.Default)
		stream.Put(s, c, s.Fill.Text(arg))
		stream.Recv(s, c, reply)
		stream.Over(s, c)
		c.Close()
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: comeAndGone(len(all))})
}

func comeAndGone(n int) record.Phrase {
	if n == 1 {
		return record.Say("one such client has come and gone")
	}
	return record.Say("%d such clients have come and gone", n)
}
