// Package problem has the form in which the course says what is wrong with
// itself: a file, a line, and how to mend it.
package problem

import (
	"fmt"
	"path/filepath"
)

// A Problem is a breach of a law, or a place where text and code have parted.
type Problem struct {
	File string // relative to the root
	Line int    // 0 when the whole file is meant
	Text string // what is wrong and how to mend it
	// Skipped says that nothing is wrong: it could not be found out here.
	Skipped bool
}

// String gives the problem the form of a compiler's message.
func (p Problem) String() string {
	file := filepath.ToSlash(p.File)
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", file, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", file, p.Line, p.Text)
}

// Error makes a problem an error.
func (p Problem) Error() string { return p.String() }

// In returns a problem with a whole file.
func In(file, format string, args ...any) Problem { return At(file, 0, format, args...) }

// At returns a problem with a line of a file.
func At(file string, line int, format string, args ...any) Problem {
	return Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)}
}
