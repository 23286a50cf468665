package play

import (
	"bytes"
	"io"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

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
	o := owes{code: record.Silence, c: c, what: record.Say("nothing came back"), want: want, got: got, compare: true}
	if len(got) > 0 {
		o.what = record.Say("nothing more came")
	}
	if failed != nil {
		s.hangup(c, failed, o)
	}
	s.judge(s.owner(c), end, o)
	s.reject(c.Name, record.Say("these are not the bytes expected"), record.Verdict{Code: record.WrongBytes,
		What: record.Say("the bytes that came are not the ones expected"), Want: want,
		Got: got, Sure: sure, Compare: true})
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
	end = s.await(p, c, func(d time.Duration) progress {
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
			record.Verdict{Code: record.OutOfTurn, What: record.Say("%s was answered %s", c.Name, what)})
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Note, What: record.Say("%v waits: %v", c.Name, s.describe(c))})
}

// which reads a reply that must be one of texts, and returns which one.
func (s *scene) which(c *wire.Conn, texts [][]byte) int {
	var got []byte
	open := texts
	for {
		fit := slices.DeleteFunc(slices.Clone(open), func(t []byte) bool { return !bytes.HasPrefix(t, got) })
		if len(fit) == 0 {
			s.compare(c, nearest(texts, got), got, nil, happened)
		}
		shortest := slices.MinFunc(fit, func(a, b []byte) int { return len(a) - len(b) })
		if len(got) == len(shortest) {
			s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
			return slices.IndexFunc(texts, func(t []byte) bool { return bytes.Equal(t, got) })
		}
		more, failed, end := s.read(s.owner(c), c, len(shortest)-len(got))
		got = append(got, more...)
		if len(got) < len(shortest) {
			s.compare(c, shortest, got, failed, end)
		}
	}
}

// nearest returns the text that agrees with got for longest, as far as got is.
func nearest(texts [][]byte, got []byte) []byte {
	best := slices.MaxFunc(texts, func(a, b []byte) int {
		return record.FirstDifference(a, got) - record.FirstDifference(b, got)
	})
	return best[:min(len(best), max(len(got), 1))]
}
