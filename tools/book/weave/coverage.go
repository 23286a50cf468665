package weave

import (
	"path"
	"slices"
	"strings"
)

// checkCoverage checks that every line that the learner writes is shown in the
// chapter, in our answer; of the unit about setting up, every line of all. What
// the chapter's computed difference leaves out is unchanged from another unit,
// whose own chapter shows it. Files that are given need not be shown.
func (b *book) checkCoverage(p *page) {
	if p.unit == "" {
		return
	}
	prog, theirs := b.learners(p.unit)
	if prog == nil {
		file := path.Join("solutions", p.unit, "main.go")
		_, err := b.program(file)
		b.report(file, 0, "%v", err)
		return
	}
	shown := b.shown(p, prog)
	if shown == nil {
		return
	}
	for i := range shown {
		shown[i] = shown[i] || p.hasAnswer() && !theirs[i]
	}
	b.reportUnshown(p, prog, shown)
}

// shown reports for each line of prog whether the page shows it. It is nil
// while a block of the page is not found in its source: that is to be mended
// first, and may show what seems to be missing.
func (b *book) shown(p *page, prog *program) []bool {
	shown := make([]bool, len(prog.lines))
	mark := func(places ...lines) {
		for _, l := range places {
			for i := l.first; i <= l.last; i++ {
				shown[i-1] = true
			}
		}
	}
	from := p.section(answerHeading)
	for _, bl := range p.blocks {
		switch {
		case bl.line < from:
		case bl.kind == "diff":
			f := strings.Fields(bl.args)
			if len(f) == 2 && path.Join(path.Dir(p.file), f[1]) == prog.file && b.earlier(p, f[0]) {
				mark(lines{1, len(prog.lines)})
			}
		case bl.kind != "code":
		case bl.part():
			of, places, err := b.partOf(p, bl)
			if err != nil {
				return nil
			}
			if of == prog {
				mark(places...)
			}
		default:
			of, at, err := b.declaration(p, bl.args)
			if err != nil {
				return nil
			}
			if of == prog {
				mark(at)
			}
		}
	}
	return shown
}

// earlier reports whether rel is in the solution of an earlier unit that has a
// chapter, so that its lines have been shown.
func (b *book) earlier(p *page, rel string) bool {
	dir := path.Dir(path.Join(path.Dir(p.file), rel))
	return slices.ContainsFunc(b.pages, func(q *page) bool {
		return q.unit != "" && q.unit < p.unit && dir == path.Join("solutions", q.unit)
	})
}

// reportUnshown reports the lines that are not shown, a row of them at once.
func (b *book) reportUnshown(p *page, prog *program, shown []bool) {
	for i := 0; i < len(shown); i++ {
		if shown[i] || blank(prog.lines[i]) {
			continue
		}
		last := i
		for j := i; j < len(shown) && !shown[j]; j++ {
			if !blank(prog.lines[j]) {
				last = j
			}
		}
		if last == i {
			b.report(prog.file, i+1, "never shown in %s: add a block with this line", p.file)
		} else {
			b.report(prog.file, i+1, "never shown in %s, up to line %d: add a block with these lines", p.file, last+1)
		}
		i = last
	}
}
