package weave

import (
	"strings"

	"loopback/tools/base/unified"
)

// gap is the line of a block that stands for lines that are left out.
const gap = "// ..."

// A run is a number of lines without a gap.
type run []string

// runs cuts a block at its gaps.
func runs(block []string) []run {
	var rs []run
	var r run
	for _, l := range block {
		if strings.TrimSpace(l) == gap {
			rs, r = append(rs, r), nil
			continue
		}
		r = append(r, l)
	}
	rs = append(rs, r)
	var full []run
	for _, r := range rs {
		if len(r) > 0 {
			full = append(full, r)
		}
	}
	return full
}

// find returns every way in which the block occurs in the declaration at,
// each as the lines of its runs. The same indentation has been taken from all
// lines of the block.
func (p *program) find(at lines, block []string) [][]lines {
	rs := runs(block)
	if len(rs) == 0 {
		return nil
	}
	var ways [][]lines
	for i := at.first; i <= at.last; i++ {
		indent, ok := indentation(p.lines[i-1], rs[0][0])
		if ok {
			ways = append(ways, p.rest(i, at.last, indent, rs)...)
		}
	}
	return ways
}

// indentation returns the tabs that line has before want.
func indentation(line, want string) (tabs string, ok bool) {
	tabs, ok = strings.CutSuffix(line, want)
	return tabs, ok && !blank(want) && strings.Trim(tabs, "\t") == ""
}

// rest returns the ways in which the runs occur when the first begins at line
// i exactly and the others anywhere behind it, up to line last.
func (p *program) rest(i, last int, indent string, rs []run) [][]lines {
	end := i + len(rs[0]) - 1
	if end > last {
		return nil
	}
	for k, want := range rs[0] {
		if got := p.lines[i-1+k]; got != indent+want && !(blank(got) && blank(want)) {
			return nil
		}
	}
	here := lines{i, end}
	if len(rs) == 1 {
		return [][]lines{{here}}
	}
	var ways [][]lines
	for j := end + 2; j <= last; j++ { // a gap stands for one line at least
		for _, way := range p.rest(j, last, indent, rs[1:]) {
			ways = append(ways, append([]lines{here}, way...))
		}
	}
	return ways
}

// closest returns the lines of the declaration that are most like the block,
// and how they differ from it.
func (p *program) closest(at lines, block []string) (lines, string) {
	trimmed := func(l string) string { return strings.TrimSpace(l) }
	best, most := lines{at.first, min(at.last, at.first+len(block)-1)}, -1
	for i := at.first; i <= at.last; i++ {
		window := lines{i, min(at.last, i+len(block)-1)}
		same := 0
		for k, got := range window.of(p.lines) {
			if !blank(got) && trimmed(got) == trimmed(block[k]) {
				same++
			}
		}
		if same > most {
			best, most = window, same
		}
	}
	return best, differ("chapter", block, p.file, dedent(best.of(p.lines)))
}

// dedent takes from all lines the tabs that all of them begin with.
func dedent(ls []string) []string {
	least := -1
	for _, l := range ls {
		if n := len(l) - len(strings.TrimLeft(l, "\t")); !blank(l) && (least < 0 || n < least) {
			least = n
		}
	}
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = l[min(max(least, 0), len(l)):]
	}
	return out
}

// differ returns the difference of two texts for a message.
func differ(oldName string, old []string, newName string, new []string) string {
	return strings.Join(unified.Lines(oldName, old, newName, new), "\n")
}
