package stream

import (
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var restCommands = []scene.Command{{
	Name: "rest", Args: "[NAME]", Group: "The program itself",
	Summary: "wait until the program is at rest: it has handled all that it was given, or has ended",
	Detail:  "Commands that send wait by themselves. NAME is the program that was started last when not given.",
	Run: func(s *scene.Scene, args []string) {
		p := s.Last()
		if len(args) > 0 {
			argument.Exactly(1, args)
			p = s.Program(args[0])
		}
		s.Rest(p)
	},
}}

// pieces sends the pattern in pieces of given sizes. A program that takes the
// size of what one read returned for a sign of something is caught by it.
func pieces(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-whole"}, nil)
	argument.AtLeast(2, args)
	c, from := s.Conn(args[0]), 0
	s.Mute = true
	for _, arg := range args[1:] {
		to := from + argument.Size(arg)
		piece := s.Fill.Pattern(to)[from:to]
		whole := set["-whole"] != "" && !s.Owner(c).Gone() // of one that has ended the write fails
		if whole {
			s.Freeze(nil)
		}
		s.Rest(s.Owner(c))
		left, failed, end := Give(s, c, piece)
		if whole {
			arrives(s, c)
			s.Thaw(nil)
		}
		if left > 0 {
			tellPieces(s, c, args[1:], to-left)
			Given(s, c, left, failed, end)
			return
		}
		Consumed(s, c)
		from = to
	}
	tellPieces(s, c, args[1:], from)
}

// tellPieces records what pieces has sent in one row.
func tellPieces(s *scene.Scene, c *wire.Conn, sizes []string, sent int) {
	s.Mute = false
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: s.Fill.Pattern(sent), Size: sent,
		What: record.Say("%s in pieces of %s", record.Bytes(sent), strings.Join(sizes, ", "))})
}

// arrives waits until all that was sent on c is in the program's socket, or as
// much of it as fits there.
func arrives(s *scene.Scene, c *wire.Conn) {
	s.Await(s.Owner(c), nil, func(d time.Duration) scene.Progress {
		ours, errOurs := s.OurEnd(c)
		theirs, errTheirs := s.TheirEnd(c)
		if errOurs != nil || errTheirs != nil || !scene.Travels(ours, theirs) {
			return scene.Done
		}
		s.Owner(c).Pause(d / 4)
		return scene.Nothing
	})
}

// trickle sends data one byte at a time. What came before a verdict is told
// first.
func trickle(s *scene.Scene, c *wire.Conn, data []byte) {
	s.Rest(s.Owner(c))
	sent := 0
	defer func() { s.Mute = false }()
	tell := func() {
		s.Mute = false
		s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data[:sent], Size: sent, Pieces: sent})
	}
	s.Mute = true
	for i := range data {
		left, failed, end := Give(s, c, data[i:i+1])
		if left > 0 {
			tell()
			Given(s, c, len(data)-sent, failed, end)
			return
		}
		sent++
		if !takes(s, c) {
			break
		}
	}
	tell()
	Consumed(s, c)
}

// takes waits until the program has read what was sent on c. It reports false
// when it cannot tell, or when that will not happen: consumed then says why.
func takes(s *scene.Scene, c *wire.Conn) bool {
	read := false
	s.Await(s.Owner(c), nil, func(d time.Duration) scene.Progress {
		var err error
		if read, err = Taken(s, c); err == probe.ErrNoEvidence {
			s.Rest(s.Owner(c))
			read = true
		}
		if read || err != nil {
			return scene.Done
		}
		s.Owner(c).Pause(d / 8)
		return scene.Nothing
	})
	return read
}
