package play

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

func (s *scene) visits(args []string) {
	set, args := flags(args, nil, []string{"-after"})
	exactly(1, args)
	before := set["-after"]
	if _, ok := badGuests[before]; before != "" && !ok {
		panic(usage("no such client: " + before))
	}
	s.visit(count(args[0]), before)
}

// badGuests are the clients of visit -after, each with what it does.
var badGuests = map[string]string{
	"silent":  "connected and left without a word",
	"reset":   "ended with a reset (RST)",
	"pending": "sent, read nothing, and ended with a reset (RST)",
}

// badGuest is the client that comes before the i-th good one.
func (s *scene) badGuest(kind string, i int) {
	switch kind {
	case "silent":
		s.closeConn(s.dial("K", wire.Default))
	case "reset":
		c := s.dial("R", wire.Default)
		s.send(c, []byte("hello"))
		s.recv(c, []byte("hello"))
		s.reset(c)
	case "pending":
		c := s.dial("P", wire.Small)
		s.glut(c, 0)
		if i%2 == 1 {
			s.closeWrite(c)
		}
		s.reset(c)
	}
}

// glutBound is what glut sends at the most: a program that takes so much does not
// wait in its writes.
const glutBound = 1 << 20

// glut sends without reading until the program, at rest, has read what it could
// not write, and reads no more, or until nothing can be sent any more. The first
// sent bytes are behind it already; it returns how many there are in the end,
// and the error of a connection that is gone.
func (s *scene) glut(c *wire.Conn, sent int) (int, error) {
	hurry := s.hurry
	defer func() { s.hurry = hurry }()
	var failed error
	for stalls := 0; sent < glutBound && stalls < glutStalls; {
		if sent > 0 && s.isHeld(c) {
			break
		}
		n, err := c.Write(s.fill.pattern(sent + glutPiece)[sent:], slice)
		if sent += n; err != nil && err != wire.ErrLater {
			failed = err
			break
		}
		if n == glutPiece {
			continue
		}
		s.hurry = false
		s.rest(s.owner(c))
		if s.isHeld(c) {
			break
		}
		if stalls++; n > 0 {
			stalls = 0
		}
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("%v sends without reading, until nothing moves", c.Name)})
	return sent, failed
}

const (
	glutPiece  = 64 << 10 // how much glut sends before it looks whether it is enough
	glutStalls = 5        // how often in a row nothing could be sent until glut gives up
)

func (s *scene) visit(n int, before string) {
	defer func() { s.hurry = false }()
	for i := range n {
		mark := s.log.Mark()
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: visited(i, n, before)})
		}
		s.hurry = n > fewVisits && i >= unhurried
		s.badGuest(before, i)
		line := fmt.Appendf(nil, "visit %d %s\n", i+1, s.fill.word(5, fmt.Sprint("visit ", i)))
		s.guest(line)
		s.log.Rewind(mark)
	}
	what := record.Say("one client has come and gone")
	if n > 1 {
		what = record.Say("%d clients, one after the other, have come and gone", n)
	}
	if before != "" {
		what = what.And("; before each of them one %v", badGuests[before])
	}
	s.record(record.Event{Kind: record.Note, What: what})
}

// guest is a client that sends these messages, gets each back, and leaves in
// peace.
func (s *scene) guest(messages ...[]byte) {
	c := s.dial("V", wire.Default)
	for _, m := range messages {
		s.send(c, m)
		s.recv(c, m)
	}
	s.closeWrite(c)
	s.eof(c)
	c.Close()
}

// visited says how far visit has come.
func visited(i, n int, before string) record.Phrase {
	what := record.Say("%d of %d clients have come and gone", i, n)
	if before != "" {
		what = what.And("; before each of them one %v", badGuests[before])
	}
	return what
}
