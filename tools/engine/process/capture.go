package process

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
)

// OutputLimit is the number of bytes on one stream beyond which a program may
// be said to flood it. Nothing happens here when it is passed: the stream is
// still drained and counted, and the caller decides.
const OutputLimit = 12 << 20

const (
	keepSize = 32 << 10 // kept of the beginning (unless Options.Keep says more), and of the end
	lineSize = 4 << 10  // a first line longer than this is taken as complete
)

// Capture holds the beginning and the end of an output stream in bounded
// memory, and counts the rest. Its methods may be called at any time, also
// while the stream goes on.
type Capture struct {
	mu    sync.Mutex
	keep  int    // how much of the beginning is kept, at least keepSize
	head  []byte // the beginning
	tail  []byte // a ring of the last bytes after head, at most keepSize
	next  int    // where the ring is written next, once it is full
	total int64
	lines int
	over  bool     // nothing will be added any more
	later *Capture // has what came since Follow, or is nil
}

// Follow returns a Capture of what comes on the stream from now on, of which it keeps so
// many bytes from the beginning. It takes the place of the one returned before.
func (c *Capture) Follow(keep int) *Capture {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = &Capture{keep: keep}
	return c.later
}

// add appends b to the stream.
func (c *Capture) add(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(b)
}

// addLocked is add for a caller that holds the lock.
func (c *Capture) addLocked(b []byte) {
	if c.later != nil {
		c.later.add(b)
	}
	c.total += int64(len(b))
	c.lines += bytes.Count(b, []byte{'\n'})
	n := min(len(b), max(c.keep, keepSize)-len(c.head))
	c.head = append(c.head, b[:n]...)
	b = b[n:]
	if len(b) > keepSize {
		b = b[len(b)-keepSize:]
	}
	n = min(len(b), keepSize-len(c.tail))
	c.tail = append(c.tail, b[:n]...)
	for b = b[n:]; len(b) > 0; b = b[n:] {
		n = copy(c.tail[c.next:], b)
		c.next = (c.next + n) % keepSize
	}
}

// end says that the stream has ended, and ended reports whether it has.
func (c *Capture) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
}

func (c *Capture) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

// Bytes returns a copy of the stream so far. If bytes had to be dropped, a
// line "... N bytes left out ..." stands in their place.
func (c *Capture) Bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := bytes.Clone(c.head)
	if left := c.total - int64(len(c.head)+len(c.tail)); left > 0 {
		if !bytes.HasSuffix(out, []byte{'\n'}) {
			out = append(out, '\n')
		}
		out = fmt.Appendf(out, "... %d bytes left out ...\n", left)
	}
	out = append(out, c.tail[c.next:]...)
	return append(out, c.tail[:c.next]...)
}

// Total returns how many bytes came in all, kept or not.
func (c *Capture) Total() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// Lines returns how many complete lines came; a last line without its newline
// does not count.
func (c *Capture) Lines() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines
}

// FirstLine returns the first line without its "\n"; on Windows, where many
// programs end a line so, also without "\r\n". The result is false until the
// newline has come, except that a line of more than 4 KiB counts as complete
// there.
func (c *Capture) FirstLine() (line string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := c.head[:min(len(c.head), lineSize+1)]
	if i := bytes.IndexByte(start, '\n'); i >= 0 {
		line := start[:i]
		if runtime.GOOS == "windows" {
			line = bytes.TrimSuffix(line, []byte{'\r'})
		}
		return string(line), true
	}
	if len(start) > lineSize {
		return string(start[:lineSize]), true
	}
	return "", false
}
