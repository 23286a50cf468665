package play

import (
	"time"

	"loopback/tools/engine/wire"
)

// A dripper is a client that sends a little now and then.
type dripper struct {
	s      *scene
	c      *wire.Conn
	text   []byte // what it sends, over and over
	by     int    // so many bytes at a time
	sent   int
	last   time.Time     // before the last piece was sent that counts, or when it began
	paused time.Duration // the longest time between two pieces
}

func (s *scene) dripper(c *wire.Conn, text string, by int) *dripper {
	return &dripper{s: s, c: c, text: []byte(text), by: by, last: time.Now()}
}

// drop sends the next piece, and reports whether the kernel has taken it, and read,
// unless it is nil, reports that the program has. Why it has not is seen elsewhere:
// the connection has ended, as a rule.
func (d *dripper) drop(read func() bool) bool {
	piece, now := make([]byte, d.by), time.Now()
	for i := range piece {
		piece[i] = d.text[(d.sent+i)%len(d.text)]
	}
	d.sent += len(piece)
	_, failed, end := d.s.give(d.c, piece)
	if failed != nil || end != happened || read != nil && !read() {
		return false
	}
	d.paused, d.last = d.longest(), now
	return true
}

// longest is how long the longest pause between two pieces that count was, until now.
func (d *dripper) longest() time.Duration { return max(d.paused, time.Since(d.last)) }

// taken reports whether the program has read all that was sent on c. An error says
// that one of its ends is gone, or that the system does not know.
func (s *scene) taken(c *wire.Conn) (bool, error) {
	ours, err := s.ourEnd(c)
	if err != nil {
		return false, err
	}
	theirs, err := s.theirEnd(c)
	return err == nil && !travels(ours, theirs) && theirs.Unread == 0 && theirs.Inode != 0, err
}
