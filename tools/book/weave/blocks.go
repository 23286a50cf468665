package weave

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"loopback/tools/base/problem"
	"loopback/tools/base/unified"
)

// The bounds of a block of code: what a reader takes in at one look, on a
// screen and on paper.
const (
	maxLines   = 25
	maxColumns = 80
	tabWidth   = 4
	maxPlain   = 1 // unchecked blocks in a chapter
)

// A kind is a kind of block.
type kind struct {
	lang  string // what must stand behind its fence; "" for anything
	code  bool   // Go, within the bounds
	whole func(b *book, p *page, args string) (want []string, err error)
}

// kinds are the directives by name. What has a function whole has exactly one
// right form, and Fix can write it. It is filled by init, for the functions
// themselves need it.
var kinds map[string]*kind

func init() {
	kinds = map[string]*kind{
		"code":     {lang: "go", code: true, whole: (*book).wholeCode},
		"wrong":    {lang: "go", code: true, whole: (*book).wholeCode},
		"diff":     {lang: "diff", whole: (*book).wholeDiff},
		"scenario": {lang: "text", whole: (*book).wholeScenario},
		"report":   {lang: "text", whole: (*book).wholeReport},
		"measured": {lang: "text", whole: (*book).wholeMeasured},
		"console":  {lang: "console"},
		"timeline": {lang: "text"},
		"plain":    {lang: "text"},
		"write":    {},
		"change":   {lang: "diff"},
		"author":   {lang: "console"},
	}
}

func (b *book) report(file string, line int, format string, args ...any) {
	b.problems = append(b.problems, problem.At(file, line, "%s",
		strings.TrimRight(fmt.Sprintf(format, args...), "\n")))
}

// checkBlocks checks every fence of a page.
func (b *book) checkBlocks(p *page) {
	plain := 0
	for _, line := range p.strays {
		b.report(p.file, line, "no fence begins directly below this directive")
	}
	for _, bl := range p.blocks {
		if bl.touches {
			b.report(p.file, bl.line, "two fences touch: say between them what the reader should see in the second")
		}
		if !b.checkForm(p, bl) {
			continue
		}
		if bl.kind == "plain" {
			if plain++; plain > maxPlain {
				b.report(p.file, bl.line-1,
					"more than %d plain block in this chapter: nothing checks them; use another directive", maxPlain)
			}
		}
		b.checkContent(p, bl)
	}
}

// checkForm checks what can be said of a block without its source, and
// reports whether the source is worth a look.
func (b *book) checkForm(p *page, bl *block) bool {
	k := kinds[bl.kind]
	known := strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
	switch {
	case bl.indented:
		b.report(p.file, bl.line,
			"code that is indented, or in a list or a quote: make it a fence at the margin, with a directive above it")
		return false
	case bl.kind == "":
		b.report(p.file, bl.line,
			"a fence without a directive: put <!-- KIND: ... --> directly above it, KIND one of %s", known)
		return false
	case k == nil:
		b.report(p.file, bl.line-1, "unknown directive %q: it is one of %s", bl.kind, known)
		return false
	case k.lang != "" && bl.lang != k.lang:
		b.report(p.file, bl.line, "the fence of %s begins with ```%s, not ```%s", bl.kind, k.lang, bl.lang)
	case bl.args == "":
		b.report(p.file, bl.line-1, "the directive %s does not say what it shows", bl.kind)
		return false
	}
	place := path.Join(path.Dir(p.file), bl.args)
	switch wrong := strings.Contains(place, "/wrong/"); {
	case bl.kind == "code" && !strings.HasPrefix(place, "solutions/") && !strings.Contains(place, "/example/"):
		b.report(p.file, bl.line-1, "code shows a program in solutions/ or testdata/UNIT/example/: for one that is "+
			"meant to fail the directive is wrong")
	case bl.kind == "wrong" && !wrong:
		b.report(p.file, bl.line-1,
			"wrong shows a program in testdata/UNIT/wrong/: for a solution the directive is code")
	}
	if k.code {
		b.checkBounds(p, bl)
	}
	return true
}

func (b *book) checkBounds(p *page, bl *block) {
	if n := len(bl.lines); n > maxLines {
		b.report(p.file, bl.line, "the block has %d lines and may have %d: show a part of it, with a %s line for "+
			"what is left out", n, maxLines, gap)
	}
	for i, l := range bl.lines {
		l = strings.ReplaceAll(l, "\t", strings.Repeat(" ", tabWidth))
		if n := utf8.RuneCountInString(l); n > maxColumns {
			b.report(p.file, bl.line+1+i, "the line has %d columns and may have %d: break it in the program", n,
				maxColumns)
		}
	}
}

// checkContent compares a block with its source.
func (b *book) checkContent(p *page, bl *block) {
	if bl.part() {
		if _, _, err := b.partOf(p, bl); err != nil {
			b.report(p.file, bl.line, "%v", err)
		}
		return
	}
	k := kinds[bl.kind]
	if k.whole == nil {
		return
	}
	want, err := k.whole(b, p, bl.args)
	if err != nil {
		b.report(p.file, bl.line-1, "%v", err)
		return
	}
	if slices.Equal(bl.lines, want) {
		return
	}
	b.report(p.file, bl.line+1+firstDifference(bl.lines, want), "is not what %s says; write it with: %s\n%s",
		bl.args, fixCommand, differ("chapter", bl.lines, "source", want))
}

// firstDifference returns the index of the first line that differs, within x.
func firstDifference(x, y []string) int {
	i := 0
	for i < len(x)-1 && i < len(y) && x[i] == y[i] {
		i++
	}
	return i
}

// part reports whether the block shows lines of a declaration, and not all.
func (bl *block) part() bool {
	return (bl.kind == "code" || bl.kind == "wrong") && strings.HasSuffix(bl.args, " part")
}

// declaration returns the declaration that "FILE#NAME" names.
func (b *book) declaration(p *page, ref string) (*program, lines, error) {
	rel, name, found := strings.Cut(ref, "#")
	if !found || strings.Contains(name, " ") {
		return nil, lines{}, fmt.Errorf("write FILE#NAME, or FILE#NAME part, and not %q", ref)
	}
	prog, err := b.program(path.Join(path.Dir(p.file), rel))
	if err != nil {
		return nil, lines{}, err
	}
	at, ok := prog.decls[name]
	if !ok {
		return nil, lines{}, fmt.Errorf("there is no %s in %s; it declares %s", name, prog.file,
			strings.Join(slices.Sorted(maps.Keys(prog.decls)), ", "))
	}
	return prog, at, nil
}

// partOf returns where the lines of a part stand in its program.
func (b *book) partOf(p *page, bl *block) (*program, []lines, error) {
	ref := strings.TrimSuffix(bl.args, " part")
	prog, at, err := b.declaration(p, ref)
	if err != nil {
		return nil, nil, err
	}
	if len(runs(bl.lines)) == 0 {
		return nil, nil, fmt.Errorf("the block shows nothing of %s", ref)
	}
	if !slices.Equal(bl.lines, dedent(bl.lines)) {
		return nil, nil, fmt.Errorf("every line is indented: take away the tabs that all of them have")
	}
	ways := prog.find(at, bl.lines)
	switch len(ways) {
	case 0:
		missing := bl.lines
		for _, r := range runs(bl.lines) {
			if len(prog.find(at, r)) == 0 {
				missing = r
				break
			}
		}
		window, how := prog.closest(at, missing)
		return nil, nil, fmt.Errorf("these lines are not in %s, or not with one indentation; the closest are "+
			"%s:%d-%d: change the chapter or the program\n%s",
			ref, prog.file, window.first, window.last, how)
	case 1:
		return prog, ways[0], nil
	}
	return nil, nil, fmt.Errorf("these lines occur %d times in %s, first at lines %d and %d: show a line more, so "+
		"that only one place is meant",
		len(ways), ref, ways[0][0].first, ways[1][0].first)
}

func (b *book) wholeCode(p *page, args string) ([]string, error) {
	prog, at, err := b.declaration(p, args)
	if err != nil {
		return nil, err
	}
	return at.of(prog.lines), nil
}

// wholeDiff returns the unified difference of two files, under their names
// from the root.
func (b *book) wholeDiff(p *page, args string) ([]string, error) {
	fields := strings.Fields(args)
	if len(fields) != 2 {
		return nil, fmt.Errorf("write OLD NEW, two files, and not %q", args)
	}
	var names []string
	var texts [][]string
	for _, f := range fields {
		name := path.Join(path.Dir(p.file), f)
		t, err := b.text(name)
		if err != nil {
			return nil, b.missing(name)
		}
		names, texts = append(names, name), append(texts, splitLines(string(t)))
	}
	d := unified.Lines(names[0], texts[0], names[1], texts[1])
	if d == nil {
		return nil, fmt.Errorf("%s and %s are the same: there is no difference to show", names[0], names[1])
	}
	return d, nil
}

// wholeScenario returns the script of a scenario, without what is said when it
// fails.
func (b *book) wholeScenario(p *page, args string) ([]string, error) {
	name := path.Join(path.Dir(p.file), args)
	t, err := b.text(name)
	if err != nil {
		return nil, b.missing(name)
	}
	script := strings.TrimSpace(string(txtar.Parse(t).Comment))
	if original, ok := strings.CutPrefix(script, "# as "); ok {
		return nil, fmt.Errorf("%s stands for another scenario: show testdata/%s.txtar", name, original)
	}
	return splitLines(script), nil
}

func (b *book) wholeReport(p *page, args string) ([]string, error) {
	name := path.Join(path.Dir(p.file), args)
	t, err := b.text(name)
	if err != nil {
		return nil, b.missing(name)
	}
	return splitLines(strings.TrimRight(string(t), "\n")), nil
}
