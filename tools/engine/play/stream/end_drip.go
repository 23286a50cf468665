package stream

import (
	"time"

	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// A Dripper is a client that sends a little now and then.
type Dripper struct {
	S      *scene.Scene
	C      *wire.Conn
	text   []byte // what it sends, over and over
	By     int    // so many bytes at a time
	sent   int
	Last   time.Time     // before the last piece was sent that counts, or when it began
	Paused time.Duration // the longest time between two pieces
}

// NewDripper returns a client that sends text on c, over and over, by so many bytes at a time.
func NewDripper(s *scene.Scene, c *wire.Conn, text string, by int) *Dripper {
	return &Dripper{S: s, C: c, text: []byte(text), By: by, Last: time.Now()}
}

// Drop sends the next piece, and reports whether the kernel has taken it, and read,
// unless it is nil, reports that the program has. Why it has not is seen elsewhere:
// the connection has ended, as a rule.
func (d *Dripper) Drop(read func() bool) bool {
	piece, now := make([]byte, d.By), time.Now()
	for i := range piece {
		piece[i] = d.text[(d.sent+i)%len(d.text)]
	}
	d.sent += len(piece)
	_, failed, end := Give(d.S, d.C, piece)
	if failed != nil || end != scene.Happened || read != nil && !read() {
		return false
	}
	d.Paused, d.Last = d.Longest(), now
	return true
}

// Longest is how long the longest pause between two pieces that count was, until now.
func (d *Dripper) Longest() time.Duration { return max(d.Paused, time.Since(d.Last)) }

// Taken reports whether the program has read all that was sent on c. An error says
// that one of its ends is gone, or that the system does not know.
func Taken(s *scene.Scene, c *wire.Conn) (bool, error) {
	ours, err := s.OurEnd(c)
	if err != nil {
		return false, err
	}
	theirs, err := s.TheirEnd(c)
	return err == nil && !scene.Travels(ours, theirs) && theirs.Unread == 0 && theirs.Inode != 0, err
}
