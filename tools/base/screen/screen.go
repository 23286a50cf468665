// Package screen writes for a person: on a terminal with a line that shows
// progress and a little colour, elsewhere as plain lines. It reads single keys
// where there is a keyboard.
//
// Words carry the meaning. Where the locale has no UTF-8 all of it is ASCII.
// Colour is left out when the environment has NO_COLOR (https://no-color.org), or
// TERM is dumb, or the output is no terminal; then no other control sequence is
// written either.
package screen

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// A Screen is where a person reads. Its methods may be called from several
// goroutines.
type Screen struct {
	out     io.Writer
	moves   bool // the cursor can be moved: a terminal that is not dumb
	colours bool
	file    *os.File // nil when the output is no file

	mu   sync.Mutex
	line string // the progress line that is on the screen, or ""
}

// New returns a screen on out.
func New(out io.Writer) *Screen {
	s := &Screen{out: out}
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.file = f
	s.moves = os.Getenv("TERM") != "dumb" && obeys(f)
	s.colours = s.moves && os.Getenv("NO_COLOR") == ""
	return s
}

// Moves reports whether the screen is a terminal that can rewrite a line.
func (s *Screen) Moves() bool { return s.moves }

// Width returns how many columns there are; 80 when nobody knows.
func (s *Screen) Width() int {
	if s.file != nil {
		if w, _, err := term.GetSize(int(s.file.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

// Height returns how many rows there are; 0 when nobody knows.
func (s *Screen) Height() int {
	if s.file != nil {
		if _, h, err := term.GetSize(int(s.file.Fd())); err == nil {
			return h
		}
	}
	return 0
}

// Rows returns the first n rows of a text as Print would show it, and whether
// those are all.
func (s *Screen) Rows(text string, n int) (rows string, all bool) {
	lines := strings.SplitAfter(strings.TrimRight(Fold(text, s.Width()), "\n")+"\n", "\n")
	lines = lines[:len(lines)-1]
	return strings.Join(lines[:min(n, len(lines))], ""), n >= len(lines)
}

// Progress shows what is being done, in the place of what was shown before. On
// a screen that cannot do that it shows nothing.
func (s *Screen) Progress(format string, args ...any) {
	if !s.moves {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = Plain(Cut(fmt.Sprintf(format, args...), s.Width()-1))
	fmt.Fprint(s.out, "\r\x1b[K"+s.line)
}

// Print writes text, which may have several lines, below what is there. The
// progress line makes room.
func (s *Screen) Print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	if s.file != nil {
		text = Fold(text, s.Width())
	}
	fmt.Fprint(s.out, Plain(s.paint(text)))
}

// Printf formats and prints.
func (s *Screen) Printf(format string, args ...any) { s.Print(fmt.Sprintf(format, args...)) }

// Wipe takes the progress line away.
func (s *Screen) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
}

func (s *Screen) wipe() {
	if s.line != "" {
		fmt.Fprint(s.out, "\r\x1b[K")
		s.line = ""
	}
}

// Clear begins a new page. What was there can still be scrolled back to where
// the terminal keeps it.
func (s *Screen) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	if s.moves {
		fmt.Fprint(s.out, "\x1b[H\x1b[2J")
	}
}

// Cut cuts text to n columns.
func Cut(text string, n int) string {
	if n < 1 || utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:n-1]), " ") + "…"
}

// paint colours a text line by line, if there are colours at all.
func (s *Screen) paint(text string) string {
	if !s.colours {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		if c := colourOf(body); c != "" {
			b.WriteString(c + body + plain)
		} else {
			b.WriteString(body)
		}
		b.WriteString(line[len(body):])
	}
	return b.String()
}

const (
	plain = "\x1b[m"
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
)

// colourOf returns the colour of a line of a report, a board or a difference;
// "" when it has none.
func colourOf(line string) string {
	switch {
	case strings.HasPrefix(line, "  ok  "), strings.HasPrefix(line, "+"):
		return green
	case strings.HasPrefix(line, "  FAIL "), strings.HasPrefix(line, "  ERR "),
		strings.HasPrefix(line, "-"), strings.Contains(line, "✗ "):
		return red
	case strings.HasPrefix(line, "@@ "):
		return cyan
	case strings.HasPrefix(line, "── "):
		return bold + red
	case line != "" && line[0] >= 'A' && line[0] <= 'Z', isUnitLine(line):
		return bold
	}
	return ""
}

// isUnitLine reports whether line begins with the name of a unit and a colon.
func isUnitLine(line string) bool {
	name, _, ok := strings.Cut(line, ": ")
	return ok && len(name) > 3 && name[0] >= '0' && name[0] <= '9' && name[2] == '-' && !strings.Contains(name, " ")
}
