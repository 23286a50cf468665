package play

import (
	"fmt"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// openings lets a client of its own begin with each of these, one after the
// other: what is special for a program only at the beginning of a connection
// shows nowhere else. With anew each has a server of its own.
func (s *scene) openings(all [][]byte, anew bool) {
	defer func() { s.hurry = false }()
	mark := s.log.Mark()
	for i, m := range all {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d clients have had their first words back, and have left", i, len(all))})
		}
		if anew && len(s.conns) > 0 {
			s.exit([]string{"0"})
			s.anew()
		}
		s.hurry = i >= unhurried && !anew
		s.guest(m, fmt.Appendf(nil, "opening %d %s\n", i+1, s.fill.word(5, fmt.Sprint("opening ", i))))
	}
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%d clients have had their first words back, and have left", len(all))})
}

// manyPending lets the program hold output for n clients at the same time. The
// last to come is the first to read.
func (s *scene) manyPending(n int) {
	clients := s.crowd(n, wire.Small, "each sends and does not read until the program waits")
	defer func() { s.mute, s.hurry = false, false }()
	sent := make([]int, n)
	s.fillAll(clients, sent)
	for i, c := range clients {
		var failed error
		sent[i], failed = s.glut(c, sent[i])
		s.stillSending(c, failed)
	}
	s.guest([]byte("and I am served meanwhile\n"))
	for i := range clients {
		i = n - 1 - i
		s.recv(clients[i], s.fill.pattern(sent[i]))
		s.closeWrite(clients[i])
		s.eof(clients[i])
		clients[i].Close()
	}
	s.mute = false
	s.record(record.Event{Kind: record.Note, What: record.Say("%d clients have read all that they had sent", n)})
}

// fillAll sends all that there is room for to a program that is stopped, again and
// again, until it holds output for each of the clients. So it reads as much at once
// as it ever does, and of the last of it keeps a large part. Some bytes that are
// drawn from the seed come first: no two clients are to fill its buffers alike.
func (s *scene) fillAll(clients []*wire.Conn, sent []int) {
	p, from := s.owner(clients[0]), s.fill.source("unequal")
	more := func(i, n int) {
		k, err := clients[i].Write(s.fill.pattern(sent[i] + n)[sent[i]:], 0)
		sent[i] += k
		s.stillSending(clients[i], err)
	}
	for i := range clients {
		more(i, 1+from.IntN(mostUnequal))
	}
	s.pause()
	for range fillRounds {
		if len(probe.Look(p.proc.PID()).PIDs) != 1 || s.allHeld(clients) {
			return
		}
		s.halt(p)
		for i := range clients {
			if !s.isHeld(clients[i]) {
				more(i, glutPiece)
			}
		}
		s.pause()
		p.goOn()
		s.pause()
	}
}

const (
	mostUnequal = 48 << 10 // of the bytes that come first
	fillRounds  = 24
)

// allHeld reports whether the program holds output for every one of the clients.
func (s *scene) allHeld(clients []*wire.Conn) bool {
	return !slices.ContainsFunc(clients, func(c *wire.Conn) bool { return !s.isHeld(c) })
}

// isHeld reports whether the program has read from c what it could not write, and
// reads no more.
func (s *scene) isHeld(c *wire.Conn) bool {
	theirs, err := s.theirEnd(c)
	return err == nil && theirs.Unread > 0 && theirs.Holding() > 0
}

// stillSending fails when c is gone: the kernel tells of a reset only once, so that
// a read would find the end of the stream.
func (s *scene) stillSending(c *wire.Conn, err error) {
	if err == nil || err == wire.ErrLater {
		return
	}
	s.owner(c).goOn()
	s.hangup(c, err, owes{what: record.Say("%v was still sending", c.Name)})
}
