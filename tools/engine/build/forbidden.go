package build

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// forbidden names the first thing in a Go file that no program of the course may
// have, as FILE:LINE:COLUMN: what; "" when there is none. What the compiler is told
// in a comment counts where the compiler looks for it, and nothing else does: a text
// that only speaks of it is a text.
func forbidden(file string, data []byte) string {
	set := token.NewFileSet()
	parsed, _ := parser.ParseFile(set, file, data, parser.ParseComments|parser.SkipObjectResolution|
		parser.AllErrors) // or it would stop at the tenth error, and see nothing behind it
	if parsed == nil {
		return "" // the compiler says what is wrong with it
	}
	say := func(pos token.Pos, what string) string {
		at := set.PositionFor(pos, false) // where it is, whatever it says of itself
		return fmt.Sprintf("%s:%d:%d: %s", filepath.Base(file), at.Line, at.Column, what)
	}
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case path == "C":
			return say(spec.Pos(), "cgo is not used in this course")
		case path == "loopback" || strings.HasPrefix(path, "loopback/"):
			return say(spec.Pos(), "import "+spec.Path.Value+": a program uses no package of the course itself")
		}
	}
	for _, group := range parsed.Comments {
		for _, c := range group.List {
			if what := directive(set, c); what != "" {
				return say(c.Pos(), what)
			}
		}
	}
	return ""
}

// directives are what a comment may ask the compiler for and a program of the course
// may not, with what there is to say.
var directives = []struct{ prefix, what string }{
	{"//go:embed", "an embedded file is not part of a program of this course: write what it holds into the text"},
	{"//go:linkname", "go:linkname, which reaches into other packages, is not used in this course"},
	{"//go:cgo_", "cgo is not used in this course"},
}

func directive(set *token.FileSet, c *ast.Comment) string {
	const line = "a line is where it is: this would say that it is elsewhere"
	if strings.HasPrefix(c.Text, "/*line ") {
		return line
	}
	if set.PositionFor(c.Pos(), false).Column != 1 {
		return ""
	}
	if strings.HasPrefix(c.Text, "//line ") {
		return line
	}
	for _, d := range directives {
		if strings.HasPrefix(c.Text, d.prefix) {
			return d.what
		}
	}
	return ""
}
