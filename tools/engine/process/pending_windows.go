package process

import "os"

// tellsUnread says that unread is not asked. PeekNamedPipe would say how much a pipe
// holds, but waits as long as another thread reads from it.
const tellsUnread = false

// fill reads once from r into c.
func fill(r *os.File, c *Capture, buf []byte) error {
	n, err := r.Read(buf)
	if n > 0 {
		c.add(buf[:n])
	}
	return err
}

// unread is not known here.
func unread(*os.File, *Capture) bool { return false }
