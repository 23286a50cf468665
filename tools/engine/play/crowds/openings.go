package crowds

import (
	"fmt"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// openings lets a client of its own begin with each of these, one after the
// other: what is special for a program only at the beginning of a connection
// shows nowhere else. With anew each has a server of its own.
func openings(s *scene.Scene, all [][]byte, anew bool) {
	defer func() { s.Hurry = false }()
	mark := s.Log.Mark()
	for i, m := range all {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d clients have had their first words back, and have left", i, len(all))})
		}
		if anew && len(s.Conns) > 0 {
			programs.Exit(s, []string{"0"})
			server.Anew(s)
		}
		s.Hurry = i >= scene.Unhurried && !anew
		guest(s, m, fmt.Appendf(nil, "opening %d %s\n", i+1, s.Fill.Word(5, fmt.Sprint("opening ", i))))
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d clients have had their first words back, and have left", len(all))})
}

// manyPending lets the program hold output for n clients at the same time. The
// last to come is the first to read.
func manyPending(s *scene.Scene, n int) {
	clients := crowd(s, n, wire.Small, "each sends and does not read until the program waits")
	defer func() { s.Mute, s.Hurry = false, false }()
	sent := make([]int, n)
	fillAll(s, clients, sent)
	for round := 0; round == 0 || round < holdRounds && !allHeld(s, clients); round++ {
		for i, c := range clients { // what one of them waits for may be another's turn
			var failed error
			sent[i], failed = glut(s, c, sent[i])
			stillSending(s, c, failed)
		}
		s.Pause()
	}
	for i, c := range clients {
		sent[i] += topUp(s, c, sent[i])
	}
	guest(s, []byte("and I am served meanwhile\n"))
	for i := range clients {
		i = n - 1 - i
		stream.Recv(s, clients[i], s.Fill.Pattern(sent[i]))
		stream.CloseWrite(s, clients[i])
		stream.Eof(s, clients[i])
		clients[i].Close()
	}
	s.Mute = false
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients have read all that they had sent", n)})
}

// topUp sends what more the program's kernel takes, up to some pieces. The kernel asks a
// client that reads nothing about its window now and then, and what it learns makes a
// little room: a write that has waited may end, and the next one must wait again.
func topUp(s *scene.Scene, c *wire.Conn, sent int) (more int) {
	for piece := s.Fill.Pattern(sent + glutPiece)[sent:]; more < len(piece); {
		n, err := c.Write(piece[more:], scene.Slice)
		if more += n; err != nil && err != wire.ErrLater {
			stillSending(s, c, err)
		}
		if n == 0 {
			break
		}
	}
	return more
}

// fillAll sends all that there is room for to a program that is stopped, again and
// again, until it holds output for each of the clients. So it reads as much at once
// as it ever does, and of the last of it keeps a large part. Some bytes that are
// drawn from the seed come first: no two clients are to fill its buffers alike.
func fillAll(s *scene.Scene, clients []*wire.Conn, sent []int) {
	p, from := s.Owner(clients[0]), s.Fill.Source("unequal")
	f := filling{s, clients, sent}
	counted := scene.Counts(s.TheirEnd(clients[0]))
	for i := range clients {
		f.more(i, 1+from.IntN(mostUnequal))
	}
	s.Pause()
	for range fillRounds {
		if p.Gone() || len(p.Look().PIDs) > 1 || allHeld(s, clients) {
			return
		}
		stream.Halt(s, p)
		taken := f.round()
		p.GoOn()
		if s.Pause(); !counted && taken == 0 {
			return
		}
	}
}

// A filling is of the sockets of a program.
type filling struct {
	s       *scene.Scene
	clients []*wire.Conn
	sent    []int // by each
}

// more sends up to n bytes from one of the clients, and returns how many there was room for.
func (f *filling) more(i, n int) int {
	k, err := f.clients[i].Write(f.s.Fill.Pattern(f.sent[i] + n)[f.sent[i]:], 0)
	f.sent[i] += k
	stillSending(f.s, f.clients[i], err)
	return k
}

// round is more, of each for which the program does not hold output already.
func (f *filling) round() (taken int) {
	for i, c := range f.clients {
		if !isHeld(f.s, c) {
			taken += f.more(i, glutPiece)
		}
	}
	f.s.Pause()
	return taken
}

const (
	mostUnequal = 48 << 10 // of the bytes that come first
	fillRounds  = 24
	holdRounds  = 4 // how often all are looked after until the program waits for each of them
)

// allHeld reports whether the program holds output for every one of the clients.
func allHeld(s *scene.Scene, clients []*wire.Conn) bool {
	return !slices.ContainsFunc(clients, func(c *wire.Conn) bool { return !isHeld(s, c) })
}

// isHeld reports whether the program has read from c what it could not write, and
// reads no more.
func isHeld(s *scene.Scene, c *wire.Conn) bool {
	theirs, err := s.TheirEnd(c)
	return err == nil && theirs.Unread > 0 && theirs.Holding() > 0
}

// stillSending fails when c is gone: the kernel tells of a reset only once, so that
// a read would find the end of the stream.
func stillSending(s *scene.Scene, c *wire.Conn, err error) {
	if err == nil || err == wire.ErrLater {
		return
	}
	s.Owner(c).GoOn()
	s.Hangup(c, err, scene.Owes{What: record.Say("%v was still sending", c.Name)})
}
