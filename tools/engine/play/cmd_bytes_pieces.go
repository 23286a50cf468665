package play

import (
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var restCommands = []Command{{
	Name: "rest", Args: "[NAME]", Group: "The program itself",
	Summary: "wait until the program is at rest: it has handled all that it was given, or has ended",
	Detail:  "Commands that send wait by themselves. NAME is the program that was started last when not given.",
	run: func(s *scene, args []string) {
		p := s.last()
		if len(args) > 0 {
			exactly(1, args)
			p = s.program(args[0])
		}
		s.rest(p)
	},
}}

// pieces sends the pattern in pieces of given sizes. A program that takes the
// size of what one read returned for a sign of something is caught by it.
func (s *scene) pieces(args []string) {
	set, args := flags(args, []string{"-whole"}, nil)
	atLeast(2, args)
	c, from := s.conn(args[0]), 0
	s.mute = true
	for _, arg := range args[1:] {
		to := from + size(arg)
		piece := s.fill.pattern(to)[from:to]
		whole := set["-whole"] != "" && !s.owner(c).gone() // of one that has ended the write fails
		if whole {
			s.freeze(nil)
		}
		s.rest(s.owner(c))
		left, failed, end := s.give(c, piece)
		if whole {
			s.arrives(c)
			s.thaw(nil)
		}
		if left > 0 {
			s.tellPieces(c, args[1:], to-left)
			s.given(c, left, failed, end)
			return
		}
		s.consumed(c)
		from = to
	}
	s.tellPieces(c, args[1:], from)
}

// tellPieces records what pieces has sent in one row.
func (s *scene) tellPieces(c *wire.Conn, sizes []string, sent int) {
	s.mute = false
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: s.fill.pattern(sent), Size: sent,
		What: record.Say("%s in pieces of %s", record.Bytes(sent), strings.Join(sizes, ", "))})
}

// arrives waits until all that was sent on c is in the program's socket, or as
// much of it as fits there.
func (s *scene) arrives(c *wire.Conn) {
	s.await(s.owner(c), nil, func(d time.Duration) progress {
		ours, errOurs := s.ourEnd(c)
		theirs, errTheirs := s.theirEnd(c)
		if errOurs != nil || errTheirs != nil || !travels(ours, theirs) {
			return done
		}
		s.owner(c).pause(d / 4)
		return nothing
	})
}

// trickle sends data one byte at a time. What came before a verdict is told
// first.
func (s *scene) trickle(c *wire.Conn, data []byte) {
	s.rest(s.owner(c))
	sent := 0
	defer func() { s.mute = false }()
	tell := func() {
		s.mute = false
		s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data[:sent], Size: sent, Pieces: sent})
	}
	s.mute = true
	for i := range data {
		left, failed, end := s.give(c, data[i:i+1])
		if left > 0 {
			tell()
			s.given(c, len(data)-sent, failed, end)
			return
		}
		sent++
		if !s.takes(c) {
			break
		}
	}
	tell()
	s.consumed(c)
}

// takes waits until the program has read what was sent on c. It reports false
// when it cannot tell, or when that will not happen: consumed then says why.
func (s *scene) takes(c *wire.Conn) bool {
	read := false
	s.await(s.owner(c), nil, func(d time.Duration) progress {
		var err error
		if read, err = s.taken(c); err == probe.ErrNoEvidence {
			s.rest(s.owner(c))
			read = true
		}
		if read || err != nil {
			return done
		}
		s.owner(c).pause(d / 8)
		return nothing
	})
	return read
}
