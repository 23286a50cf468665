// Package problem has the form in which the course says what is wrong with
// itself: a file, a line, and how to mend it.
package problem

import (
	"fmt"
	"path/filepath"
)

// A Problem is a breach of a law.
type Problem struct {
	File string // relative to the root
	Line int    // 0 when the whole file is meant
	Text string // what is wrong and how to mend it
}

// String gives the problem the form of a compiler's message.
func (p Problem) String() string {
	file := filepath.ToSlash(p.File)
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", file, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", file, p.Line, p.Text)
}

// In returns a problem with a whole file.
func In(file, format string, args ...any) Problem {
	return Problem{File: file, Text: fmt.Sprintf(format, args...)}
}
