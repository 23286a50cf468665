package stream

import (
	"bytes"
	"io"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// Recv reads until want has come or cannot come any more.
func Recv(s *scene.Scene, c *wire.Conn, want []byte) {
	p := s.Owner(c)
	got, failed, end := Read(s, p, c, len(want))
	Compare(s, c, want, got, failed, end)
}

// Compare judges what a wait for want on c has come to.
func Compare(s *scene.Scene, c *wire.Conn, want, got []byte, failed error, end scene.Why) {
	sure := 0
	if len(got) == len(want) && !bytes.Equal(got, want) {
		got = append(got, Surplus(s, c)...)
		if s.Owner(c).Look().State == probe.Timed {
			sure = len(want) // how much more there is depends on when one looks
		}
	}
	if len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Sure: sure,
			Cut: !bytes.Equal(got, want) || s.Stuffed[c.Name] > 0})
	}
	if bytes.Equal(got, want) {
		return
	}
	o := scene.Owes{Code: record.Silence, Conn: c, What: record.Say("nothing came back"), Want: want, Got: got,
		Compare: true}
	if len(got) > 0 {
		o.What = record.Say("nothing more came")
	}
	if failed != nil {
		s.Hangup(c, failed, o)
	}
	s.Judge(s.Owner(c), end, o)
	s.Reject(c.Name, record.Say("these are not the bytes expected"), record.Verdict{Code: record.WrongBytes,
		What: record.Say("the bytes that came are not the ones expected"), Want: want,
		Got: got, Sure: sure, Compare: true})
}

// Surplus is what else has come on c, once the program is at rest: who has got
// the beginning of a wrong answer wants to see the rest of it.
func Surplus(s *scene.Scene, c *wire.Conn) []byte {
	s.Rest(s.Owner(c))
	buf := make([]byte, 4096)
	n, _ := c.Read(buf, 0) // its end is no news: the bytes are wrong already
	return buf[:n]
}

// Read reads up to n bytes, until the connection ends or the wait does.
func Read(s *scene.Scene, p *scene.Instance, c *wire.Conn, n int) (got []byte, failed error, end scene.Why) {
	return ReadUntil(s, p, c, n, func(got []byte) bool { return len(got) == n })
}

// ReadUntil reads up to n bytes, until there is enough, the connection ends or the wait does.
func ReadUntil(s *scene.Scene, p *scene.Instance, c *wire.Conn, n int, enough func(got []byte) bool) (got []byte,
	failed error, end scene.Why) {
	buf := make([]byte, 64<<10)
	end = s.Await(p, c, func(d time.Duration) scene.Progress {
		k, err := c.Read(buf[:min(len(buf), n-len(got))], d)
		got = append(got, buf[:k]...)
		switch {
		case enough(got):
			return scene.Done
		case k > 0:
			return scene.Moved
		case err == wire.ErrLater:
			return scene.Nothing
		}
		failed = err
		return scene.Done
	})
	return got, failed, end
}

// Waiting checks that nothing was answered on c, although the program has had
// every opportunity.
func Waiting(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	s.Rest(p)
	StillOpen(s, c, nil)
	if n, err := c.Read(make([]byte, 1), scene.Slice); n > 0 || err == io.EOF {
		what := record.Say("before an answer was due")
		if len(s.Open()) > 1 {
			what = record.Say("while an earlier client was still being served")
		}
		s.Reject(c.Name, record.Say("an answer, before its turn"),
			record.Verdict{Code: record.OutOfTurn, What: record.Say("%s was answered %s", c.Name, what)})
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Note, What: record.Say("%v waits: %v", c.Name, s.Describe(c))})
}

// Which reads a reply that must be one of texts, and returns which one.
func Which(s *scene.Scene, c *wire.Conn, texts [][]byte) int {
	var got []byte
	open := texts
	for {
		fit := slices.DeleteFunc(slices.Clone(open), func(t []byte) bool { return !bytes.HasPrefix(t, got) })
		if len(fit) == 0 {
			Compare(s, c, nearest(texts, got), got, nil, scene.Happened)
		}
		shortest := slices.MinFunc(fit, func(a, b []byte) int { return len(a) - len(b) })
		if len(got) == len(shortest) {
			s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
			return slices.IndexFunc(texts, func(t []byte) bool { return bytes.Equal(t, got) })
		}
		more, failed, end := Read(s, s.Owner(c), c, len(shortest)-len(got))
		got = append(got, more...)
		if len(got) < len(shortest) {
			Compare(s, c, shortest, got, failed, end)
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
