package record

import (
	"fmt"
	"slices"
	"strings"
)

// A part is a headed block of the report. One with a higher rank is shortened
// first when there is not room for all.
type part struct {
	head  string
	lines []string
	rank  int
	keep  []bool // lines that are taken away last; nil: none
}

func (p part) height() int {
	switch {
	case len(p.lines) == 0:
		return 0
	case p.head == "":
		return len(p.lines)
	}
	return len(p.lines) + 1
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
		for p := &parts[i]; p.rank > 0 && total() > most && len(p.lines) > 0; {
			p.keep, p.lines = nil, p.lines[:len(p.lines)-1]
		}
	}
	return parts
}

// cutOut is the line in place of those that were taken away.
const cutOut = "           ..."

// shorten takes one line away, if there is one that can be spared: of a
// timeline from the middle, so that how it began and how it ended are still
// there, and what has to be kept; of other parts from the end.
func (p *part) shorten() bool {
	if p.rank != 4 {
		if len(p.lines) > 0 {
			p.lines = p.lines[:len(p.lines)-1]
			return true
		}
		return false
	}
	p.lines, p.keep = slices.Clone(p.lines),
		append(slices.Clone(p.keep), make([]bool, len(p.lines)-min(len(p.keep), len(p.lines)))...)
	at, mid := -1, len(p.lines)/2
	for i := range p.lines {
		spare := !p.keep[i] && p.lines[i] != cutOut
		if spare && (at < 0 || abs(i-mid) < abs(at-mid)) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	p.lines[at] = cutOut
	if at+1 < len(p.lines) && p.lines[at+1] == cutOut {
		p.drop(at + 1)
	}
	if at > 0 && p.lines[at-1] == cutOut {
		p.drop(at)
	}
	return true
}

func (p *part) drop(i int) {
	p.lines, p.keep = slices.Delete(p.lines, i, i+1), slices.Delete(p.keep, i, i+1)
}

func abs(n int) int { return max(n, -n) }

func render(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if len(p.lines) == 0 {
			continue
		}
		indent := "    "
		if p.head == "" {
			indent = ""
		} else {
			fmt.Fprintln(&b, p.head)
		}
		for _, line := range p.lines {
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
