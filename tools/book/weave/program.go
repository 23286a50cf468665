package weave

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// A program is a Go file, with the places of its declarations.
type program struct {
	file  string
	lines []string
	decls map[string]lines // by name: "serve", "T.M", "package"
}

// lines are lines of a file, from 1, both included.
type lines struct{ first, last int }

func (l lines) of(all []string) []string { return all[l.first-1 : l.last] }

// program returns a parsed Go file of the course.
func (b *book) program(file string) (*program, error) {
	if p, ok := b.programs[file]; ok {
		return p, nil
	}
	src, err := b.text(file)
	if err != nil {
		return nil, b.missing(file)
	}
	p, err := parseProgram(file, src)
	if err != nil {
		return nil, err
	}
	b.programs[file] = p
	return p, nil
}

func parseProgram(file string, src []byte) (*program, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	p := &program{
		file:  file,
		lines: splitLines(string(src)),
		decls: map[string]lines{},
	}
	line := func(pos token.Pos) int { return fset.Position(pos).Line }
	head := line(f.Name.End())
	for _, d := range f.Decls {
		at := lines{line(d.Pos()), line(d.End())}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			head = at.last
		}
		if doc := docOf(d); doc != nil {
			at.first = line(doc.Pos())
		}
		for _, name := range namesOf(d) {
			p.decls[name] = at
		}
	}
	p.decls["package"] = lines{1, head}
	return p, nil
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// namesOf returns the names by which a chapter may call a declaration. A name
// of a group stands for the whole group.
func namesOf(d ast.Decl) []string {
	if f, ok := d.(*ast.FuncDecl); ok {
		return []string{receiver(f) + f.Name.Name}
	}
	g, ok := d.(*ast.GenDecl)
	if !ok {
		return nil
	}
	var names []string
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			names = append(names, s.Name.Name)
		case *ast.ValueSpec:
			for _, id := range s.Names {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

// receiver returns "T." for a method of T or *T, "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}

// blank reports whether a line holds nothing to show.
func blank(line string) bool { return strings.TrimSpace(line) == "" }
