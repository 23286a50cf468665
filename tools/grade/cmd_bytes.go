package grade

import (
	"bytes"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"loopback/tools/probe"
	"loopback/tools/record"
	"loopback/tools/wire"
)

var byteCommands = []command{{
	name: "dial", args: "[-small] [-elsewhere] NAME...", group: "Connections and bytes",
	summary: "connect clients to the server",
	detail: "With -small the socket buffers are a few kilobytes, so that they are soon full. " +
		"With -elsewhere each client comes from a loopback address of its own, drawn from the seed, which is not 127.0.0.1.",
	run: func(s *scene, args []string) {
		set, names := flags(args, []string{"-small", "-elsewhere"}, nil)
		atLeast(1, names)
		w := wire.Default
		if set["-small"] != "" {
			w = wire.Small
		}
		for _, name := range names {
			if set["-elsewhere"] != "" {
				s.from = s.elsewhere(name)
			}
			s.dial(name, w)
		}
		s.from = netip.Addr{}
	},
}, {
	name: "send", args: "NAME TEXT...", group: "Connections and bytes",
	summary: "send TEXT in one write",
	detail: "TEXT has Go escapes ('hello\\n'), or is bytes:SIZE, a pattern in which every place can be told from every other, " +
		"or bytes:FROM-TO, a part of that pattern, " +
		"or all-bytes, the 256 byte values, " +
		"or times:N:TEXT, which is TEXT N times, or resp:'WORD WORD', a command in the protocol of Redis, each of whose words is a TEXT, " +
		"or bulk:TEXT, one such word. Several are joined. " +
		"What is made up is drawn from the seed of the grading: bytes:SIZE, random:N, which is N bytes of any value, " +
		"words:N, which is N words of small letters, and line:N, which is N bytes, letters and a newline. " +
		"The last three may be followed by a label, words:2:b: with another label they stand for other bytes, and for the same ones wherever they stand.",
	run: onBytes((*scene).send),
}, {
	name: "let", args: "NAME TEXT...", group: "Connections and bytes",
	summary: "set the variable $NAME to TEXT, in the form in which the other commands and a program's arguments take it",
	detail:  "Bytes that are not printable stand in it as Go escapes, which only this grader's commands understand.",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		quoted := strconv.QuoteToASCII(string(s.fill.joined(args[1:])))
		s.ts.Setenv(args[0], strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	},
}, {
	name: "recv", args: "NAME TEXT...", group: "Connections and bytes",
	summary: "exactly TEXT must come next, in however many pieces",
	run:     onBytes((*scene).recv),
}, {
	name: "slow", args: "NAME TEXT...", group: "Connections and bytes",
	summary: "send TEXT byte by byte, each only when the program has read the one before and is at rest",
	run:     onBytes((*scene).slow),
}, {
	name: "pieces", args: "[-whole] NAME SIZE...", group: "Connections and bytes",
	summary: "send the pattern of bytes: in pieces of these sizes, each when the program has read the one before and is at rest",
	detail: "With -whole the program is stopped (SIGSTOP) while a piece is sent, so that it finds all of it at once. " +
		"All pieces together are bytes:N, where N is the sum of their sizes.",
	run: (*scene).pieces,
}, {
	name: "trickle", args: "NAME TEXT...", group: "Connections and bytes",
	summary: "send TEXT byte by byte, each when the program has read the one before",
	detail:  "So every byte comes alone. It is quicker than slow, which also waits until the program is at rest.",
	run:     onBytes((*scene).trickle),
}, {
	name: "consumed", args: "NAME", group: "Connections and bytes",
	summary: "wait until the program has read all that was sent",
	run:     onConn((*scene).consumed),
}, {
	name: "waiting", args: "NAME", group: "Connections and bytes",
	summary: "the program must be at rest and must not have answered NAME",
	run:     onConn((*scene).waiting),
}, {
	name: "flood", args: "[-least LEAST] NAME SIZE", group: "Connections and bytes",
	summary: "send SIZE bytes and at the same time read and compare their echo",
	detail: "With -least it ends when LEAST bytes have come back and the program has used half a second of processor time: " +
		"one that reads three bytes at a time is spared the rest.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-least"})
		exactly(2, args)
		if least := set["-least"]; least != "" {
			s.longFlood(s.conn(args[0]), size(least), size(args[1]))
			return
		}
		s.flood(s.conn(args[0]), size(args[1]))
	},
}, {
	name: "stuff", args: "NAME", group: "Connections and bytes",
	summary: "send without ever reading, until every buffer on the way is full and nothing moves",
	run:     onConn((*scene).stuff),
}, {
	name: "unstuff", args: "[-slowly] NAME", group: "Connections and bytes",
	summary: "read and compare the echo of all that stuff or overfill sent",
	detail:  "With -slowly a piece is read only when the program has come to rest after the one before.",
	run:     (*scene).unstuff,
}}

// send writes data, once the program is at rest.
func (s *scene) send(c *wire.Conn, data []byte) {
	s.rest(s.owner(c))
	s.stillOpen(c, data)
	left, failed, end := s.give(c, data)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	s.given(c, left, failed, end)
}

// give writes data, and returns how much of it is left when no more can be
// written, and why.
func (s *scene) give(c *wire.Conn, data []byte) (left int, failed error, end why) {
	rest := data
	end = s.await(s.owner(c), nil, func(d duration) progress {
		n, err := c.Write(rest, d)
		rest = rest[n:]
		switch {
		case len(rest) == 0:
			return done
		case err != wire.ErrLater:
			failed = err
			return done
		case n > 0:
			return moved
		}
		return nothing
	})
	return len(rest), failed, end
}

// given judges what give has returned.
func (s *scene) given(c *wire.Conn, left int, failed error, end why) {
	if failed != nil {
		s.hangup(c, failed, owes{what: record.Say("%s still had %s to send", c.Name, record.Amount(left))})
	}
	if end == ended {
		return // what the program still said is read by the next command
	}
	s.judge(s.owner(c), end, owes{code: Silence, c: c, what: record.Say("it does not take the other %s", record.Amount(left))})
}

// stillOpen fails when a server has already ended a connection on which it is
// about to be sent more.
func (s *scene) stillOpen(c *wire.Conn, rest []byte) {
	if got, err := s.early(c); err != nil {
		s.cutOff(c, got, err, rest)
	}
}

// early returns the error with which a server has already ended a connection,
// and what it sent before. A client that has said all it wanted may well have
// sent its FIN; a server that is still being spoken to may not.
func (s *scene) early(c *wire.Conn) (got []byte, err error) {
	if s.kind() != "server" || c.EOF {
		return nil, nil
	}
	ours, err := s.net.TCP(c.Local, c.Remote)
	if err == probe.ErrNoEvidence || err == nil && ours.State != probe.CloseWait {
		return nil, nil
	}
	buf := make([]byte, 4096)
	for len(got) < 1<<20 {
		n, err := c.Read(buf, slice)
		got = append(got, buf[:n]...)
		switch {
		case n > 0:
		case err == wire.ErrLater:
			return nil, nil
		default:
			return got, err
		}
	}
	return nil, nil
}

// cutOff judges that a server has ended a connection early.
func (s *scene) cutOff(c *wire.Conn, got []byte, err error, rest []byte) {
	if s.known.parting = got; len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	}
	s.hangup(c, err, owes{what: record.Say("%s has more to send: %s", c.Name, record.Quoting(rest, len(rest), 20))})
}

// recv reads until want has come or cannot come any more.
func (s *scene) recv(c *wire.Conn, want []byte) {
	p := s.owner(c)
	got, failed, end := s.read(p, c, len(want))
	s.compare(c, want, got, failed, end)
}

// compare judges what a wait for want on c has come to.
func (s *scene) compare(c *wire.Conn, want, got []byte, failed error, end why) {
	sure := 0
	if len(got) == len(want) && !bytes.Equal(got, want) {
		got = append(got, s.surplus(c)...)
		if probe.Look(s.owner(c).proc.PID()).State == probe.Timed {
			sure = len(want) // how much more there is depends on when one looks
		}
	}
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Sure: sure,
			Cut: !bytes.Equal(got, want) || s.stuffed[c.Name] > 0})
	}
	if bytes.Equal(got, want) {
		return
	}
	o := owes{code: Silence, c: c, what: record.Say("nothing came back"), want: want, got: got, compare: true}
	if len(got) > 0 {
		o.what = record.Say("nothing more came")
	}
	if failed != nil {
		s.hangup(c, failed, o)
	}
	s.judge(s.owner(c), end, o)
	s.reject(c.Name, record.Say("these are not the bytes expected"), Verdict{Code: WrongBytes,
		What: record.Say("the bytes that came are not the ones expected"), Want: want, Got: got, Sure: sure, Compare: true})
}

// surplus is what else has come on c, once the program is at rest: who has got
// the beginning of a wrong answer wants to see the rest of it.
func (s *scene) surplus(c *wire.Conn) []byte {
	s.rest(s.owner(c))
	buf := make([]byte, 4096)
	n, _ := c.Read(buf, 0) // its end is no news: the bytes are wrong already
	return buf[:n]
}

// read reads up to n bytes, until the connection ends or the wait does.
func (s *scene) read(p *program, c *wire.Conn, n int) (got []byte, failed error, end why) {
	buf := make([]byte, 64<<10)
	end = s.await(p, c, func(d duration) progress {
		k, err := c.Read(buf[:min(len(buf), n-len(got))], d)
		got = append(got, buf[:k]...)
		switch {
		case len(got) == n:
			return done
		case k > 0:
			return moved
		case err == wire.ErrLater:
			return nothing
		}
		failed = err
		return done
	})
	return got, failed, end
}

// slow sends data one byte at a time. The row that says so comes before those of
// what went wrong.
func (s *scene) slow(c *wire.Conn, data []byte) {
	sent := 0
	tell := func() {
		s.mute = false
		s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data[:sent], Size: sent, Pieces: sent})
	}
	s.mute = true
	for i := range data {
		s.rest(s.owner(c))
		if got, err := s.early(c); err != nil {
			tell()
			s.cutOff(c, got, err, data[i:])
		}
		left, failed, end := s.give(c, data[i:i+1])
		if left > 0 {
			tell()
			s.given(c, len(data)-sent, failed, end)
			return
		}
		sent++
	}
	tell()
	s.consumed(c)
}

// consumed waits until the program has read all that was sent on c. Whether it
// has been acknowledged does not matter: in a conversation the kernel delays that.
func (s *scene) consumed(c *wire.Conn) {
	p := s.owner(c)
	end := s.await(p, nil, func(d duration) progress {
		ours, errOurs := s.net.TCP(c.Local, c.Remote)
		theirs, errTheirs := s.net.TCP(c.Remote, c.Local)
		if errOurs != nil || errTheirs != nil || !travels(ours, theirs) && theirs.Unread == 0 && theirs.Inode != 0 {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: Silence, c: c, what: record.Say("it does not read")})
	}
}

// waiting checks that nothing was answered on c, although the program has had
// every opportunity.
func (s *scene) waiting(c *wire.Conn) {
	p := s.owner(c)
	s.rest(p)
	s.stillOpen(c, nil)
	if n, err := c.Read(make([]byte, 1), slice); n > 0 || err == io.EOF {
		what := record.Say("before an answer was due")
		if len(s.open()) > 1 {
			what = record.Say("while an earlier client was still being served")
		}
		s.reject(c.Name, record.Say("an answer, before its turn"),
			Verdict{Code: OutOfTurn, What: record.Say("%s was answered %s", c.Name, what)})
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Note, What: record.Say("%v waits: %v", c.Name, s.describe(c))})
}

// flood sends n bytes and reads their echo at the same time.
func (s *scene) flood(c *wire.Conn, n int) {
	p := s.owner(c)
	s.rest(p)
	want := s.fill.pattern(n)
	got, sent, failed, end := s.exchange(p, c, want)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: want, Size: sent, Cut: !bytes.Equal(got, want)})
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: !bytes.Equal(got, want)})
	}
	if bytes.Equal(got, want) {
		return
	}
	o := owes{code: Silence, c: c, what: record.Say("nothing moves any more"), want: want, got: got, compare: true}
	if failed != nil {
		s.hangup(c, failed, o)
	}
	s.judge(p, end, o)
	s.reject(c.Name, record.Say("these are not the bytes that were sent"), Verdict{Code: WrongBytes, What: record.Say("the bytes that came back are not the ones that were sent"), Want: want, Got: got, Compare: true})
}

// exchange writes data and reads as many bytes, whichever is possible. One
// goroutine does both, so that a wait is only ever called stuck when neither
// was possible.
func (s *scene) exchange(p *program, c *wire.Conn, data []byte) (got []byte, sent int, failed error, end why) {
	buf := make([]byte, 64<<10)
	end = s.await(p, c, func(d duration) progress {
		n := 0
		if sent < len(data) {
			n, _ = c.Write(data[sent:min(len(data), sent+16<<10)], d/8)
			sent += n
		}
		k, err := c.Read(buf[:min(len(buf), len(data)-len(got))], d)
		got = append(got, buf[:k]...)
		switch {
		case len(got) == len(data):
			return done
		case n > 0 || k > 0:
			return moved
		case err == wire.ErrLater:
			return nothing
		}
		failed = err
		return done
	})
	return got, sent, failed, end
}

// stuffBound is the most that stuff sends: a server that takes it all keeps it
// in memory, which other scenarios judge.
const stuffBound = 16 << 20

// stuff sends without reading until nothing moves any more.
func (s *scene) stuff(c *wire.Conn) {
	p := s.owner(c)
	s.rest(p)
	sent := 0
	var failed error
	end := s.await(p, nil, func(d duration) progress {
		n, err := c.Write(s.fill.pattern(sent + 16<<10)[sent:], d)
		sent += n
		switch {
		case sent >= stuffBound:
			return done
		case err != nil && err != wire.ErrLater:
			failed = err
			return done
		case n > 0:
			return moved
		case s.full(c):
			return done
		}
		return nothing
	})
	s.stuffed[c.Name] = sent
	s.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%v sends, and never reads, until nothing moves", c.Name)})
	if failed != nil {
		s.hangup(c, failed, owes{what: record.Say("%v was still sending", c.Name)})
	}
	if end != happened && end != stuck && end != slept {
		s.judge(p, end, owes{code: Silence, c: c, what: record.Say("%v was still sending", c.Name)})
	}
}

// full reports whether the buffers of c are full and a program that has a timer
// is at rest. There is no need to wait for its timer, as there is where
// something must come.
func (s *scene) full(c *wire.Conn) bool {
	p := s.owner(c)
	if probe.Look(p.proc.PID()).State != probe.Timed {
		return false
	}
	s.rest(p)
	ours, err := s.net.TCP(c.Local, c.Remote)
	theirs, err2 := s.net.TCP(c.Remote, c.Local)
	return err == nil && err2 == nil && ours.NotSent > 0 && theirs.Unread > 0 && !travels(ours, theirs)
}
