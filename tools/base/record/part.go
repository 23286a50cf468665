package record

import (
	"fmt"
	"slices"
	"strings"
)

// A part is a headed block of the report: lines, or the rows of a timeline. One
// with a higher rank is shortened first when there is not room for all.
type part struct {
	head  string
	lines []string
	rows  []row
	rank  int
}

// all returns the lines of p, without its head.
func (p part) all() []string { return append(p.lines[:len(p.lines):len(p.lines)], flat(p.rows)...) }

func (p part) height() int {
	n := len(p.all())
	if n == 0 || p.head == "" {
		return n
	}
	return n + 1
}

// fit shortens parts until they take at most most lines: first the middle of
// the timeline, then the other parts that can be spared.
func fit(parts []part, most int) []part {
	total := func() (n int) {
		for _, p := range parts {
			n += p.height()
		}
		return n
	}
	for rank := 4; rank > 0; rank-- {
		for i := range parts {
			p := &parts[i]
			for p.rank == rank && total() > most && p.shorten() {
			}
		}
	}
	for i := range parts { // even what should be kept
		for p := &parts[i]; p.rank > 0 && total() > most && len(p.all()) > 0; {
			all := p.all()
			p.rows, p.lines = nil, all[:len(all)-1]
		}
	}
	return parts
}

// cutOut is the line in place of rows that were taken away.
const cutOut = "           ..."

// shorten takes one line away, the last, or a row of a timeline, if there is one
// that can be spared.
func (p *part) shorten() bool {
	if p.rows != nil {
		return p.shortenRows()
	}
	if len(p.lines) == 0 {
		return false
	}
	p.lines = p.lines[:len(p.lines)-1]
	return true
}

// shortenRows takes a row from the middle, with all its lines, so that how the
// timeline began and how it ended are still there, and what has to be kept. One gap
// is shown where two would meet.
func (p *part) shortenRows() bool {
	at, mid := -1, len(p.rows)/2
	for i, r := range p.rows {
		if !r.keep && !r.gap && (at < 0 || abs(i-mid) < abs(at-mid)) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	from, to := at, at+1
	for to < len(p.rows) && p.rows[to].gap {
		to++
	}
	for from > 0 && p.rows[from-1].gap {
		from--
	}
	p.rows = slices.Concat(p.rows[:from], []row{{lines: []string{cutOut}, gap: true}}, p.rows[to:])
	return true
}

func abs(n int) int { return max(n, -n) }

func render(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		lines := p.all()
		if len(lines) == 0 {
			continue
		}
		indent := "    "
		if p.head == "" {
			indent = ""
		} else {
			fmt.Fprintln(&b, p.head)
		}
		for _, line := range lines {
			fmt.Fprintln(&b, strings.TrimRight(indent+Printable(line), " "))
		}
	}
	return b.String()
}

// height counts the lines of the parts that have these ranks.
func height(parts []part, ranks ...int) (n int) {
	for _, p := range parts {
		if slices.Contains(ranks, p.rank) {
			n += p.height()
		}
	}
	return n
}

// whole keeps the whole lines of text for which there is room.
func whole(text string, room int) string {
	const dots = "...\n"
	if len(text) <= room {
		return text
	}
	return text[:strings.LastIndexByte(text[:max(0, room-len(dots))], '\n')+1] + dots
}
