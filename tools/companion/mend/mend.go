// Package mend makes a program with a mistake in it one that does not say so:
// comments that the reference does not have are taken away, and the reference's
// own doc comment stands at the head. It knows no unit and grades nothing.
// Start with [Strip].
package mend

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Strip returns program without the comments that reference does not have, with
// the doc comment of reference above its package clause. Lines that tell the go
// command something, such as //go:build, stay. Nothing but comments and empty
// lines changes.
func Strip(program, reference string) (string, error) {
	theirs, set, err := parse("program", program)
	if err != nil {
		return "", err
	}
	ours, _, err := parse("reference", reference)
	if err != nil {
		return "", err
	}
	known := map[string]bool{}
	for _, g := range ours.Comments {
		known[textOf(g)] = true
	}
	var cuts []span
	for _, g := range theirs.Comments {
		if g != theirs.Doc && known[textOf(g)] {
			continue
		}
		for _, c := range g.List {
			if !strings.HasPrefix(c.Text, "//go:") {
				cuts = append(cuts, widen(program, span{offset(set, c.Pos()), offset(set, c.End())}))
			}
		}
	}
	clause := offset(set, theirs.Package)
	text := cut(program[clause:], cuts, clause)
	head := cut(program[:clause], cuts, 0)
	if head = strings.TrimSpace(head); head != "" {
		head += "\n\n"
	}
	if ours.Doc != nil {
		for _, c := range ours.Doc.List {
			head += c.Text + "\n"
		}
	}
	out, err := format.Source([]byte(head + text))
	if err != nil {
		return "", fmt.Errorf("without its comments it does not parse: %w", err)
	}
	return string(out), nil
}

// Doc returns the doc comment of a program's package, without its marks.
func Doc(program string) string {
	f, _, err := parse("program", program)
	if err != nil || f.Doc == nil {
		return ""
	}
	return f.Doc.Text()
}

func parse(name, text string) (*ast.File, *token.FileSet, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return f, set, err
}

// textOf is all that a group of comments says.
func textOf(g *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range g.List {
		fmt.Fprintln(&b, strings.TrimSpace(c.Text))
	}
	return b.String()
}

func offset(set *token.FileSet, pos token.Pos) int { return set.Position(pos).Offset }

// A span is a part of a text, from one byte to before another.
type span struct{ from, to int }

// widen makes the span of a comment include the space before it, and the whole
// line where nothing else is in it.
func widen(text string, s span) span {
	for s.from > 0 && (text[s.from-1] == ' ' || text[s.from-1] == '\t') {
		s.from--
	}
	alone := s.from == 0 || text[s.from-1] == '\n'
	if alone && s.to < len(text) && text[s.to] == '\n' {
		s.to++
	}
	return s
}

// cut returns text, which stands at a byte of the whole, without the cuts that
// lie in it.
func cut(text string, cuts []span, at int) string {
	slices.SortFunc(cuts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	next := 0
	for _, c := range cuts {
		from, to := c.from-at, c.to-at
		if from < next || to > len(text) {
			continue
		}
		b.WriteString(text[next:from])
		next = to
	}
	b.WriteString(text[next:])
	return b.String()
}
