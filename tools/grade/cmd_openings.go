package grade

import (
	"fmt"

	"loopback/tools/record"
	"loopback/tools/wire"
)

// openings lets a client of its own begin with each of these, one after the
// other: what is special for a program only at the beginning of a connection
// shows nowhere else.
func (s *scene) openings(all [][]byte) {
	defer func() { s.hurry = false }()
	mark := s.log.Mark()
	for i, m := range all {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d of %d clients have had their first words back, and have left", i, len(all))})
		}
		s.hurry = i >= unhurried
		s.guest(m, fmt.Appendf(nil, "opening %d %s\n", i+1, s.fill.word(5, fmt.Sprint("opening ", i))))
	}
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note, What: record.Say("%d clients have had their first words back, and have left", len(all))})
}

// manyPending lets the program hold output for n clients at the same time. The
// last to come is the first to read.
func (s *scene) manyPending(n int) {
	clients := s.crowd(n, wire.Small, "each sends and does not read until the program waits")
	defer func() { s.mute, s.hurry = false, false }()
	sent := make([]int, n)
	for i, c := range clients {
		sent[i] = s.glut(c)
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
