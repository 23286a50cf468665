package stream

import (
	"bytes"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A ledge is how far lines can go that a program sends back while its client reads
// nothing. How much the kernel takes is known when it has taken it: then the client
// reads all, and the last line of the next try ends just there.
type ledge struct {
	fill
	all    []byte       // the lines of this try
	most   int          // bytes that the kernel took of the try before; 0 for the first one
	before probe.Socket // the program's end when it took no more

	first, segment int // how long the first of the next lines is, and the others
}

// ledgeTries is how often it is tried. The kernel lets a send buffer grow when its
// peer reads, so the second try may end further on; then it has all the room it gets.
const ledgeTries = 8

// roomShare is how small a part of the room that there is several lines may take.
const roomShare = 8

// toTheLastLine lets c send lines, each when the one before has been sent back, until
// the program has written all of them and there is no room for a byte more.
func toTheLastLine(s *scene.Scene, c *wire.Conn) {
	l, mark := &ledge{}, s.Log.Mark()
	for range ledgeTries {
		s.Log.Rewind(mark)
		l.fill, l.all = fill{}, nil
		start, _ := s.TheirEnd(c)
		overfill(s, c, portions{size: l.size, text: l.line}, l.enough, untilNoRoom)
		theirs, err := s.TheirEnd(c)
		if err != nil || !theirs.Counted || !holdsSome(theirs) {
			return
		}
		waitsForRoom(s, c)
		if theirs, err = s.TheirEnd(c); err != nil {
			return
		}
		l.most, l.before = int(theirs.HasWritten()-start.HasWritten()), theirs
		Recv(s, c, l.all)
	}
	s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the program waited in the write of a line each "+
		"of %d times: the kernel took another amount each time", ledgeTries)})
}

// waitsForRoom fails when the program has read a line and not written it, and nothing
// that it has written waits for the client.
func waitsForRoom(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	end := s.Await(p, nil, p.Looking(func() bool {
		theirs, err := s.TheirEnd(c)
		return err != nil || !holdsSome(theirs) || theirs.NotSent > 0
	}))
	s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c, What: record.Say("the last line was not sent back")})
}

// size is that of the lines that come next: several while there is much room, and one
// near the end, or what is left. Each is one segment.
func (l *ledge) size(p *scene.Instance, theirs probe.Socket) int {
	l.first, l.segment = wholeSegments(p, theirs), int(max(theirs.Segment, 1))
	room := int(theirs.Room.Buffer) - int(theirs.Room.Taken)
	n := l.first + max(room/roomShare/l.segment, 0)*l.segment
	if left := l.most - len(l.all); left > 0 {
		n = min(n, left)
	}
	return n
}

// line makes lines of a piece.
func (l *ledge) line(piece []byte) []byte {
	piece = bytes.ReplaceAll(piece, []byte("\n"), []byte("."))
	for end := l.first; end < len(piece); end += l.segment {
		piece[end-1] = '\n'
	}
	piece[len(piece)-1] = '\n'
	l.all = append(l.all, piece...)
	return piece
}

// enough reports whether the kernel would take no byte more: as far as it is known how it
// counts, or because the program's socket is as full as it was when it took no more.
func (l *ledge) enough(theirs probe.Socket) bool {
	again := l.most > 0 && len(l.all) >= l.most && theirs.NotSent >= l.before.NotSent &&
		theirs.Room.Buffer <= l.before.Room.Buffer
	return l.noRoom(theirs) || again
}
