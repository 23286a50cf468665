package scene

import (
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A program that writes to a peer which reads nothing sleeps when the send buffer is
// full. The kernel may wake it all the same: it lets the buffer grow with the window of
// congestion, and does so when an acknowledgement comes while the program waits for
// room (tcp_new_space). The last one may have come a moment before the program began
// to wait. Then the next is that of the probe of the closed window, some hundred
// milliseconds later, and until it has come a program that sleeps may move again.

// An outlet is what was seen of the send buffer of the program's end of a connection.
type outlet struct {
	share   uint32    // the room for each segment of the window, at the most
	written int64     // how much the program had written
	since   time.Time // when that was seen first
}

const (
	firstWindow = 10                    // segments: the window of a new connection, and the least that counts
	ackClock    = 20 * time.Millisecond // the kernel counts the time of an acknowledgement in ticks
)

// seeOutlet notes the send buffer at the program's end of a new connection, while it still has
// its first size.
func seeOutlet(s *Scene, c *wire.Conn) {
	if c.Path == "" && probe.Exact() { // else each question costs much
		theirs, _ := s.TheirEnd(c)
		s.Widens(c, theirs)
	}
}

// Widens reports whether the program waits for room at its end of c, and the next
// acknowledgement may give it some.
func (s *Scene) Widens(c *wire.Conn, theirs probe.Socket) bool {
	now := time.Now()
	o, known := s.outlets[c]
	if theirs.Room.Buffer == 0 {
		return false // it has gone, or the kernel does not say
	}
	if !known {
		o.share = theirs.Room.Buffer / firstWindow
	}
	if written := theirs.HasWritten(); !known || o.written != written {
		o.written, o.since = written, now
	}
	s.outlets[c] = o
	return o.mayGrow(theirs.Room) && now.Add(-theirs.Room.Acked).Before(o.since.Add(ackClock))
}

// mayGrow reports whether a buffer in which there is no room can become so much larger
// that the program is woken: a third of it must be free then (sk_stream_write_space).
func (o outlet) mayGrow(r probe.Room) bool {
	most := uint64(o.share) * uint64(max(firstWindow, r.Window+r.Flying))
	needed := uint64(r.Taken) * 3 / 2
	return needed > uint64(r.Buffer) && needed <= most
}
