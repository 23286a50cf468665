package crowds

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

func visits(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-after"})
	argument.Exactly(1, args)
	before := set["-after"]
	if _, ok := badGuests[before]; before != "" && !ok {
		panic(argument.Usage("no such client: " + before))
	}
	visit(s, argument.Count(args[0]), before)
}

// badGuests are the clients of visit -after, each with what it does.
var badGuests = map[string]string{
	"silent":  "connected and left without a word",
	"reset":   "ended with a reset (RST)",
	"pending": "sent, read nothing, and ended with a reset (RST)",
}

// badGuest is the client that comes before the i-th good one.
func badGuest(s *scene.Scene, kind string, i int) {
	switch kind {
	case "silent":
		stream.CloseConn(s, s.Dial("K", wire.Default))
	case "reset":
		c := s.Dial("R", wire.Default)
		stream.Send(s, c, []byte("hello"))
		stream.Recv(s, c, []byte("hello"))
		stream.Reset(s, c)
	case "pending":
		c := s.Dial("P", wire.Small)
		glut(s, c, 0)
		if i%2 == 1 {
			stream.CloseWrite(s, c)
		}
		stream.Reset(s, c)
	}
}

// glutBound is what glut sends at the most: a program that takes so much does not
// wait in its writes.
const glutBound = 1 << 20

// glut sends without reading until the program, at rest, has read what it could
// not write, and reads no more, or until nothing can be sent any more. The first
// sent bytes are behind it already; it returns how many there are in the end,
// and the error of a connection that is gone.
func glut(s *scene.Scene, c *wire.Conn, sent int) (int, error) {
	hurry := s.Hurry
	defer func() { s.Hurry = hurry }()
	var failed error
	for stalls := 0; sent < glutBound && stalls < glutStalls; {
		if sent > 0 && isHeld(s, c) && heldAtRest(s, c) { // one that is still at work may read on
			break
		}
		n, err := c.Write(s.Fill.Pattern(sent + glutPiece)[sent:], scene.Slice)
		if sent += n; err != nil && err != wire.ErrLater {
			failed = err
			break
		}
		if n == glutPiece {
			continue
		}
		if heldAtRest(s, c) {
			break
		}
		if stalls++; n > 0 {
			stalls = 0
		}
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("%v sends without reading, until nothing moves", c.Name)})
	return sent, failed
}

// heldAtRest is isHeld, of a program that is at rest.
func heldAtRest(s *scene.Scene, c *wire.Conn) bool {
	s.Hurry = false
	s.Rest(s.Owner(c))
	return isHeld(s, c)
}

const (
	glutPiece  = 64 << 10 // how much glut sends before it looks whether it is enough
	glutStalls = 5        // how often in a row nothing could be sent until glut gives up
)

func visit(s *scene.Scene, n int, before string) {
	defer func() { s.Hurry = false }()
	for i := range n {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: visited(i, n, before)})
		}
		s.Hurry = n > scene.FewVisits && i >= scene.Unhurried
		badGuest(s, before, i)
		line := fmt.Appendf(nil, "visit %d %s\n", i+1, s.Fill.Word(5, fmt.Sprint("visit ", i)))
		guest(s, line)
		s.Log.Rewind(mark)
	}
	what := record.Say("one client has come and gone")
	if n > 1 {
		what = record.Say("%d clients, one after the other, have come and gone", n)
	}
	if before != "" {
		what = what.And("; before each of them one %v", badGuests[before])
	}
	s.Record(record.Event{Kind: record.Note, What: what})
}

// guest is a client that sends these messages, gets each back, and leaves in
// peace.
func guest(s *scene.Scene, messages ...[]byte) {
	c := s.Dial("V", wire.Default)
	for _, m := range messages {
		stream.Send(s, c, m)
		stream.Recv(s, c, m)
	}
	stream.CloseWrite(s, c)
	stream.Eof(s, c)
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
