package weave

import (
	"path"
	"slices"
	"strings"
)

// The headings that a chapter has in this order. What stands above the first
// teaches; what stands above the second must not be the answer.
const (
	exerciseHeading = "The exercise"
	answerHeading   = "Our answer"
)

var sections = []string{exerciseHeading, answerHeading, "Common mistakes", "Challenges",
	"What we left out", "Further reading"}

// The bounds of a chapter: what a reader does in one evening.
const (
	maxReports = 4   // whole reports
	maxPage    = 800 // lines of Markdown, without the code of the answer
	copied     = 3   // lines in a row that a wrong or an example program may not share with the answer
)

// checkOrder checks that the learner invents before they compare: nothing of the
// answer stands above the exercise, every question has an answer, and the
// sections come in their order.
func (b *book) checkOrder(p *page) {
	if !p.hasAnswer() {
		return
	}
	b.checkSections(p)
	b.checkSecret(p)
	b.checkQuestions(p)
	reports := 0
	for _, bl := range p.blocks {
		if bl.kind == "report" {
			if reports++; reports == maxReports+1 {
				b.report(p.file, bl.line-1,
					"more than %d whole reports in this chapter: name the other mistakes in the table", maxReports)
			}
		}
	}
	if n := p.length(); n > maxPage {
		b.report(p.file, len(p.lines), "the chapter has %d lines, without the code of the answer, and may have %d",
			n, maxPage)
	}
}

// length is how many lines of a chapter count. The code of the answer is not read in a
// row, but looked up where one's own is different.
func (p *page) length() int {
	from, to, code := p.section(answerHeading), p.section("Common mistakes"), 0
	for _, bl := range p.blocks {
		if bl.kind == "code" && from < bl.line && bl.line < to {
			code += len(bl.lines)
		}
	}
	return len(p.lines) - code
}

// hasAnswer reports whether the learner writes more in this unit than the page
// shows them: in the unit about setting up there is nothing to find out.
func (p *page) hasAnswer() bool {
	return p.unit != "" && !strings.HasPrefix(p.unit, "00-")
}

// section returns the line of a heading of the second level, 0 when there is none.
func (p *page) section(name string) int {
	for _, h := range p.headings {
		if h.level == 2 && h.text == name {
			return h.line
		}
	}
	return 0
}

func (b *book) checkSections(p *page) {
	for _, name := range []string{exerciseHeading, answerHeading} {
		if p.section(name) == 0 {
			b.report(p.file, 1, "the chapter has no heading ## %s", name)
		}
	}
	last := ""
	for _, name := range sections {
		at := p.section(name)
		if at == 0 {
			continue
		}
		if last != "" && p.section(last) > at {
			b.report(p.file, at, "## %s stands above ## %s: the order is %s", name, last, strings.Join(sections, ", "))
		}
		last = name
	}
}

// learners returns which lines of a unit's main.go the learner writes: those of
// the declarations that differ from the stub's, but for the top of the file and
// main.
func (b *book) learners(unit string) (solution *program, theirs []bool) {
	solution, err := b.program(path.Join("solutions", unit, "main.go"))
	if err != nil {
		return nil, nil
	}
	stub, err := b.program(path.Join("testdata", unit, "stub", "main.go"))
	if err != nil {
		stub = &program{}
	}
	theirs = make([]bool, len(solution.lines))
	for name, at := range solution.decls {
		if name == "package" || name == "main" {
			continue
		}
		if was, ok := stub.decls[name]; ok && slices.Equal(was.of(stub.lines), at.of(solution.lines)) {
			continue
		}
		for i := at.first; i <= at.last; i++ {
			theirs[i-1] = true
		}
	}
	return solution, theirs
}

// checkSecret checks that no block above the exercise shows what the learner is
// to write.
func (b *book) checkSecret(p *page) {
	solution, theirs := b.learners(p.unit)
	exercise := p.section(exerciseHeading)
	if solution == nil || exercise == 0 {
		return
	}
	for _, bl := range p.blocks {
		if bl.line > exercise {
			break
		}
		switch bl.kind {
		case "diff":
			if f := strings.Fields(bl.args); len(f) == 2 && path.Join(path.Dir(p.file), f[1]) == solution.file {
				b.report(p.file, bl.line-1, "this difference is the answer: show it below ## %s", answerHeading)
			}
		case "code", "wrong":
			b.checkBlockSecret(p, bl, solution, theirs)
		}
	}
}

func (b *book) checkBlockSecret(p *page, bl *block, solution *program, theirs []bool) {
	of, places, err := b.places(p, bl)
	if err != nil {
		return // its own check says so
	}
	if of == solution {
		for _, l := range places {
			if at := slices.Index(theirs[l.first-1:l.last], true); at >= 0 {
				b.report(p.file, bl.line,
					"shows %s:%d, which the learner is to write: show it below ## %s, and teach the call in a program "+
						"of its own (testdata/%s/example/NAME)", solution.file, l.first+at, answerHeading, p.unit)
				return
			}
		}
		return
	}
	if at := copiedAt(bl.lines, solution.lines, theirs); at > 0 {
		b.report(p.file, bl.line, "%d lines in a row are those of the answer, from %s:%d on: show less of it, or let "+
			"the program do something else",
			copied, solution.file, at)
	}
}

// places returns where the lines of a block of code stand in its program.
func (b *book) places(p *page, bl *block) (*program, []lines, error) {
	if bl.part() {
		return b.partOf(p, bl)
	}
	prog, at, err := b.declaration(p, bl.args)
	return prog, []lines{at}, err
}

// copiedAt returns the line of the answer from which on the block has the same
// lines, as many in a row as are too many; 0 when it has not.
func copiedAt(block, answer []string, theirs []bool) int {
	said := func(lines []string, keep func(i int) bool) (text []string, at []int) {
		for i, l := range lines {
			l = strings.TrimSpace(l)
			if keep(i) && strings.ContainsFunc(l, isLetter) && !strings.HasPrefix(l, "//") {
				text, at = append(text, l), append(at, i+1)
			}
		}
		return text, at
	}
	shown, _ := said(block, func(int) bool { return true })
	secret, at := said(answer, func(i int) bool { return theirs[i] })
	for i := 0; i+copied <= len(secret); i++ {
		for j := 0; j+copied <= len(shown); j++ {
			if slices.Equal(secret[i:i+copied], shown[j:j+copied]) {
				return at[i]
			}
		}
	}
	return 0
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// How a question begins, and how its answer does.
const (
	question = "*Try it.*"
	folded   = "<details>"
	unfolded = "<summary>Answer</summary>"
)

// checkQuestions checks that an answer stands folded below every question.
func (b *book) checkQuestions(p *page) {
	for i, l := range p.lines {
		if !strings.HasPrefix(l, question) {
			continue
		}
		for i < len(p.lines) && p.lines[i] != "" { // to the end of the paragraph
			i++
		}
		if i+2 >= len(p.lines) || p.lines[i+1] != folded || p.lines[i+2] != unfolded {
			b.report(p.file, i, "a question without an answer: put %s, %s, an empty line and the answer below it",
				folded, unfolded)
		}
	}
}
