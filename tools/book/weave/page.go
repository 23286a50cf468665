package weave

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// A page is one Markdown file, taken apart.
type page struct {
	file     string // relative to the root, with slashes
	unit     string // "01-dial"; "" when the page is no unit's chapter
	src      []byte
	lines    []string // without their ends; line 1 is lines[0]
	headings []heading
	blocks   []*block
	spans    []span // code in the running text
	links    []link
	bolds    []bold
	drawings []drawing
	sketches []drawing // drawn by hand
	curves   []drawing // drawn from figures
	strays   []int     // lines of directives that have no fence
}

type heading struct {
	level, line int
	text        string
}

// A block is a fence and what the comment above it says.
type block struct {
	line     int    // of the opening fence
	lang     string // what stands behind the fence
	lines    []string
	indented bool   // no fence at the margin: in a list, in a quote, or none at all
	touches  bool   // no prose stands between this fence and the one before
	kind     string // of the directive; "" when there is none
	args     string
}

// A span is code in the running text, between backticks.
type span struct {
	text string
	line int
}

type link struct {
	dest, text string
	image      bool
	line       int
}

var (
	unitName  = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*$`)
	directive = regexp.MustCompile(`^<!--\s*([a-z]+):\s*(.*?)\s*-->$`)
	markdown  = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()
)

// readPage takes a page apart. File is its name relative to the root.
func readPage(file string, src []byte) *page {
	p := &page{file: file, src: src}
	p.lines = splitLines(string(src))
	name := strings.TrimSuffix(file[strings.LastIndex(file, "/")+1:], ".md")
	if unitName.MatchString(name) {
		p.unit = name
	}
	doc := markdown.Parse(text.NewReader(src))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			p.visit(n)
		}
		return ast.WalkContinue, nil
	})
	return p
}

// splitLines returns the lines of s; a newline at its end begins no line.
func splitLines(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func (p *page) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		p.headings = append(p.headings, heading{n.Level, p.lineOf(n), p.plain(n)})
	case *ast.FencedCodeBlock:
		p.addBlock(n)
	case *ast.CodeBlock: // code by indentation
		p.blocks = append(p.blocks, &block{line: p.lineOf(n), indented: true})
	case *ast.HTMLBlock:
		p.addDirective(n)
	case *ast.CodeSpan:
		p.spans = append(p.spans, span{p.plain(n), p.lineOf(n)})
	case *ast.Emphasis:
		if n.Level == 2 {
			p.bolds = append(p.bolds, bold{p.plain(n), p.lineOf(n)})
		}
	case *ast.Link:
		p.links = append(p.links, link{string(n.Destination), p.plain(n), false, p.lineOf(n)})
	case *ast.Image:
		p.links = append(p.links, link{string(n.Destination), p.plain(n), true, p.lineOf(n)})
	}
}

// addBlock notes a fence and the directive above it.
func (p *page) addBlock(n *ast.FencedCodeBlock) {
	first := p.lineOf(n)
	bl := &block{line: first, lang: string(n.Language(p.src))}
	bl.indented = n.Parent() == nil || n.Parent().Kind() != ast.KindDocument
	// The lines are those of the file: a Markdown parser may expand tabs.
	for i := first; i < len(p.lines) && len(bl.lines) < n.Lines().Len(); i++ {
		bl.lines = append(bl.lines, p.lines[i])
	}
	if first >= 2 {
		if m := directive.FindStringSubmatch(p.lines[first-2]); m != nil {
			bl.kind, bl.args = m[1], m[2]
		}
	}
	for prev := n.PreviousSibling(); prev != nil; prev = prev.PreviousSibling() {
		switch prev.Kind() {
		case ast.KindHTMLBlock, ast.KindHeading, ast.KindThematicBreak:
			continue
		case ast.KindFencedCodeBlock:
			bl.touches = true
		}
		break
	}
	p.blocks = append(p.blocks, bl)
}

// addDirective notes the directive of a picture, and one that no fence follows.
func (p *page) addDirective(n *ast.HTMLBlock) {
	line := p.lineOf(n)
	m := directive.FindStringSubmatch(p.lines[line-1])
	if m != nil && m[1] == "picture" {
		p.drawings = append(p.drawings, drawing{line, m[2]})
	}
	if m != nil && m[1] == "sketch" {
		p.sketches = append(p.sketches, drawing{line, m[2]})
	}
	if m != nil && m[1] == "curve" {
		p.curves = append(p.curves, drawing{line, m[2]})
	}
	if m == nil || kinds[m[1]] == nil {
		return
	}
	if line >= len(p.lines) || !strings.HasPrefix(strings.TrimSpace(p.lines[line]), "```") {
		p.strays = append(p.strays, line)
	}
}

// lineOf returns the line, from 1, at which n begins.
func (p *page) lineOf(n ast.Node) int {
	pos := n.Pos()
	if pos < 0 || pos > len(p.src) {
		return 1
	}
	return 1 + bytes.Count(p.src[:pos], []byte("\n"))
}

// plain returns the text of n without its markup, as a reader sees it.
func (p *page) plain(n ast.Node) string {
	var s strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s.Write(c.Value(p.src))
			if c.SoftLineBreak() {
				s.WriteByte(' ')
			}
		case *ast.String:
			s.Write(c.Value)
		case *ast.RawHTML: // tags are no text
		default:
			s.WriteString(p.plain(c))
		}
	}
	return strings.ReplaceAll(s.String(), "\n", " ")
}

// inFence reports for every line of the page whether it belongs to a fence or
// to a comment and so is no prose.
func (p *page) inFence() []bool {
	in := make([]bool, len(p.lines))
	for _, bl := range p.blocks {
		for i := bl.line - 1; i <= bl.line+len(bl.lines) && i < len(in); i++ {
			in[i] = true
		}
	}
	for i, l := range p.lines {
		in[i] = in[i] || strings.HasPrefix(l, "<!--")
	}
	return in
}
