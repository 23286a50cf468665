package stream

import (
	"bytes"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

func unstuff(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-slowly"}, nil)
	argument.Exactly(1, args)
	if c := s.Conn(args[0]); set["-slowly"] != "" {
		readSlowly(s, c)
	} else {
		readAll(s, c)
	}
}

// readAll reads the echo of all that c has sent.
func readAll(s *scene.Scene, c *wire.Conn) {
	want := s.Fill.Pattern(s.Stuffed[c.Name])
	got, failed, end := Read(s, s.Owner(c), c, len(want))
	if failed == nil && end == scene.Stuck {
		want, got = lost(s, c, want, got)
	}
	Compare(s, c, want, got, failed, end)
}

// lost sends a little more to a program that rests and has not sent all back. Either the
// bytes that are missing are lost, and it comes back behind them, or nothing comes any more:
// where the last bytes are missing that cannot be seen otherwise. It returns what must have
// come then, and what has. One that only now sends what was missing has kept it, and fails.
func lost(s *scene.Scene, c *wire.Conn, want, got []byte) (all, came []byte) {
	if _, secure := c.TLS(); secure || c.WroteFIN() || len(got) == len(want) {
		return want, got
	}
	all = s.Fill.Pattern(len(want) + littleMore)
	before := s.Gather(c, s.Owner(c))
	if n, err := c.Write(all[len(want):], 0); n < littleMore || err != nil {
		return want, got
	}
	if came = slices.Concat(got, Surplus(s, c)); len(came) == len(got) {
		return want, got
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: all[len(want):], Size: littleMore})
	if bytes.HasPrefix(came, want) {
		s.RejectAt(s.Owner(c), c.Name, record.Say("the rest came only now"), record.Verdict{Code: record.Silence,
			Evidence: before, Want: want, Got: got, Compare: true,
			What: record.Say("the %s kept the last bytes for %s until it was sent more", s.Kind(), c.Name)})
	}
	return all, came
}

// littleMore is how much it is.
const littleMore = 16

// readSlowly is readAll, a piece at a time, each when the program is at rest.
func readSlowly(s *scene.Scene, c *wire.Conn) {
	want, p := s.Fill.Pattern(s.Stuffed[c.Name]), s.Owner(c)
	var got []byte
	var failed error
	end := scene.Happened
	for len(got) < len(want) && failed == nil && end == scene.Happened {
		s.Rest(p)
		var part []byte
		part, failed, end = Read(s, p, c, min(pieceIn, len(want)-len(got)))
		got = append(got, part...)
	}
	Compare(s, c, want, got, failed, end)
}
