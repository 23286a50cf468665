package weave

import "fmt"

// A Problem is a place where text and code have parted.
type Problem struct {
	File string // relative to the root, with slashes
	Line int    // 0 when the whole file is meant
	Text string // what is wrong and how to mend it
}

// String gives the problem the form of a compiler's message.
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// fixCommand is what mends all that has exactly one right form.
const fixCommand = "go run ./tools/course weave --fix"
