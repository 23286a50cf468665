package crowds

import "loopback/tools/engine/play/taste"

// uploadEnd says how an upload ends.
type uploadEnd int

const (
	finishes uploadEnd = iota // by a FIN, and then the answer is read
	closes                    // by a close: the answer finds no reader
	resets                    // by an RST
)

// beyondLimit is how much more than the limit a client sends at the most.
const beyondLimit = 600 << 10

// drawUpload draws what one client sends, and how it ends.
func drawUpload(t *taste.Taste, limit int) *uploader {
	u := &uploader{late: t.IntN(2) == 0}
	n := 0
	switch t.Deal("upload", 9) {
	case 0:
		n = limit
	case 1:
		n = limit + 1
	case 2:
		n = max(0, limit-1-t.IntN(10))
	case 3, 8:
		n = limit + 1 + t.IntN(beyondLimit)
	case 4: // nothing
	case 5:
		n = min(limit, t.OddSize(limit))
	default:
		n = min(limit, t.Size(limit))
	}
	switch t.Deal("end", 8) {
	case 0:
		u.end = closes
	case 1, 2:
		u.end = resets
	}
	u.data = t.Bytes(n)
	return u
}
