package weave

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
)

// The glossary lists the terms that the chapters define. A chapter defines a
// term by setting it in bold, once; the last column of the glossary says where.
const (
	glossaryFile = "chapters/glossary.md"
	glossaryHead = "| term | definition, and its source | met in |"
	notMet       = "a later chapter"
)

// A bold is a piece of text in bold print.
type bold struct {
	text string
	line int
}

// isTerm reports whether the bold text is a term, and not a sentence, such as
// those that head the common mistakes.
func (d bold) isTerm() bool {
	last := []rune(d.text)
	return len(last) > 0 && !unicode.IsPunct(last[len(last)-1]) && len(strings.Fields(d.text)) <= 4
}

// A definition is where a term is defined.
type definition struct {
	page *page
	bold bold
}

// definitions returns where the terms are defined, by term in lower case.
func (b *book) definitions() map[string][]definition {
	all := map[string][]definition{}
	for _, p := range b.pages {
		for _, d := range p.bolds {
			if p.unit != "" && d.isTerm() {
				term := strings.ToLower(d.text)
				all[term] = append(all[term], definition{p, d})
			}
		}
	}
	return all
}

// met returns what the glossary's last column says of a term: the chapter that
// defines it, with a link to the heading.
func met(ds []definition) string {
	if len(ds) == 0 {
		return notMet
	}
	d := ds[0]
	to := path.Base(d.page.file)
	for _, h := range d.page.headings {
		if h.level == 2 && h.line < d.bold.line {
			to = path.Base(d.page.file) + "#" + gitHubSlug(h.text)
		}
	}
	return fmt.Sprintf("[chapter %.2s](%s)", d.page.unit, to)
}

// A row is a row of the glossary.
type row struct {
	line                   int
	term, definition, last string
}

func (r row) String() string {
	return fmt.Sprintf("| %s | %s | %s |", r.term, r.definition, r.last)
}

// glossary returns the rows of the glossary's table.
func (b *book) glossary() (p *page, rows []row) {
	i := slices.IndexFunc(b.pages, func(p *page) bool { return p.file == glossaryFile })
	if i < 0 {
		return nil, nil
	}
	p = b.pages[i]
	for n := slices.Index(p.lines, glossaryHead) + 2; n >= 2 && n < len(p.lines); n++ {
		cells := strings.Split(strings.Trim(p.lines[n], "| "), " | ")
		if !strings.HasPrefix(p.lines[n], "|") {
			break
		}
		if len(cells) == 2 { // nothing stands in the last cell
			cells = append(cells, "")
		}
		if len(cells) == 3 {
			rows = append(rows, row{n + 1, cells[0], cells[1], strings.TrimSpace(cells[2])})
		} else {
			b.report(p.file, n+1,
				"a row of the glossary has three cells: term, definition with its source, and where it is met")
		}
	}
	return p, rows
}

// checkGlossary checks that each term is defined once, and that the glossary
// leads to its definition.
func (b *book) checkGlossary() {
	all := b.definitions()
	for _, ds := range all {
		for _, d := range ds[1:] {
			b.report(d.page.file, d.bold.line, "%q is in bold in %s:%d already, where it is defined: a term is "+
				"defined once; link to that place instead",
				d.bold.text, ds[0].page.file, ds[0].bold.line)
		}
	}
	p, rows := b.glossary()
	if p == nil {
		return
	}
	if len(rows) == 0 {
		b.report(p.file, 1, "the glossary has no row: its table begins with %s", glossaryHead)
		return
	}
	b.checkMissing(all, rows)
	for i, r := range rows {
		if i > 0 && strings.ToLower(rows[i-1].term) >= strings.ToLower(r.term) {
			b.report(p.file, r.line, "%q stands after %q: the terms are in the order of the alphabet, each once",
				r.term, rows[i-1].term)
		}
		if want := met(all[strings.ToLower(r.term)]); r.last != want {
			b.report(p.file, r.line, "%q is met in %s, and the last cell says %q: write it with: %s", r.term,
				want, r.last, fixCommand)
		}
		if !strings.Contains(r.definition, "(") {
			b.report(p.file, r.line, "%q has no source: name it in parentheses behind the definition", r.term)
		}
	}
}

// checkMissing reports the terms that the glossary does not list.
func (b *book) checkMissing(all map[string][]definition, rows []row) {
	for term, ds := range all {
		if !slices.ContainsFunc(rows, func(r row) bool { return strings.ToLower(r.term) == term }) {
			b.report(ds[0].page.file, ds[0].bold.line, "%q is in bold, as a term where it is defined, and %s has no "+
				"row for it: add | %s | DEFINITION (SOURCE) | %s |, or take the bold away",
				ds[0].bold.text, glossaryFile, term, notMet)
		}
	}
}

// remet returns the lines of the glossary with its last column written again.
func (b *book) remet() (file string, ls []string) {
	p, rows := b.glossary()
	if p == nil {
		return "", nil
	}
	all := b.definitions()
	ls = slices.Clone(p.lines)
	for _, r := range rows {
		r.last = met(all[strings.ToLower(r.term)])
		ls[r.line-1] = r.String()
	}
	return p.file, ls
}
