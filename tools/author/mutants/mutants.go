package mutants

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A Mutant is a program that differs from another one in one place.
type Mutant struct {
	Line   int    // of that place
	What   string // is different
	Source []byte // of all of the file
}

// Of returns the mutants of a Go file, in the order of their places. Not all of them compile.
// What stands in the stub to the letter is not changed: it is no work of a learner's.
func Of(src, stub []byte) ([]Mutant, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	m := &maker{src: src, at: func(p token.Pos) int { return fset.Position(p).Offset }}
	for _, d := range file.Decls {
		if part := m.work(d); part != "" && !bytes.Contains(stub, []byte(part)) {
			ast.Inspect(d, m.visit)
		}
	}
	slices.SortStableFunc(m.made, func(a, b Mutant) int { return a.Line - b.Line })
	return m.made, nil
}

// A maker collects the mutants of a file.
type maker struct {
	src  []byte
	at   func(token.Pos) int
	made []Mutant
}

// work is the part of a declaration that may be a learner's: what a function does, from
// behind its first brace on, where a stub has a call that goes, and constants.
func (m *maker) work(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body != nil {
			return m.whole(d.Body)[1:]
		}
	case *ast.GenDecl:
		if d.Tok == token.CONST {
			return m.whole(d)
		}
	}
	return ""
}

// replace makes the mutant in which text stands in the place of what is between two places.
func (m *maker) replace(from, to token.Pos, text, format string, args ...any) {
	a, b := m.at(from), m.at(to)
	m.made = append(m.made, Mutant{
		Line:   1 + strings.Count(string(m.src[:a]), "\n"),
		What:   fmt.Sprintf(format, args...),
		Source: slices.Concat(m.src[:a], []byte(text), m.src[b:]),
	})
}

// text is the source of a node, on one line and not too long.
func (m *maker) text(n ast.Node) string {
	const most = 60
	s := strings.Join(strings.Fields(string(m.src[m.at(n.Pos()):m.at(n.End())])), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// visit makes the mutants of one node; it is for ast.Inspect.
func (m *maker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BlockStmt:
		m.without(n.List)
	case *ast.CaseClause:
		m.without(n.Body)
		m.clause(n)
	case *ast.CommClause:
		m.without(n.Body)
	case *ast.IfStmt:
		m.replace(n.Cond.Pos(), n.Cond.End(), "!("+m.whole(n.Cond)+")", "if %s: the other way round", m.text(n.Cond))
	case *ast.ForStmt:
		if n.Cond != nil {
			m.replace(n.Cond.Pos(), n.Cond.End(), "false && "+m.whole(n.Cond), "for %s: never", m.text(n.Cond))
		}
	case *ast.BinaryExpr:
		m.operator(n)
	case *ast.BasicLit:
		m.number(n)
	case *ast.ReturnStmt:
		m.noError(n)
	}
	return true
}

// whole is the source of a node as it is.
func (m *maker) whole(n ast.Node) string { return string(m.src[m.at(n.Pos()):m.at(n.End())]) }

// without leaves out each of the statements that something else can do without.
func (m *maker) without(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.BranchStmt, *ast.SendStmt, *ast.IfStmt, *ast.GoStmt, *ast.SwitchStmt,
			*ast.SelectStmt, *ast.ForStmt, *ast.RangeStmt:
			m.replace(s.Pos(), s.End(), "", "without: %s", m.text(s))
		case *ast.DeferStmt:
			m.replace(s.Pos(), s.End(), "", "without: %s", m.text(s))
			m.replace(s.Pos(), s.Call.Pos(), "", "now, and not at the end: %s", m.text(s.Call))
		case *ast.ReturnStmt:
			if len(s.Results) == 0 {
				m.replace(s.Pos(), s.End(), "", "without: return")
			}
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				m.replace(s.Pos(), s.End(), "", "without: %s", m.text(s))
			}
		}
	}
}

// clause has a case never come true.
func (m *maker) clause(c *ast.CaseClause) {
	for _, e := range c.List {
		switch e.(type) {
		case *ast.BinaryExpr, *ast.CallExpr, *ast.UnaryExpr:
			m.replace(e.Pos(), e.End(), "false && ("+m.whole(e)+")", "case %s: never", m.text(e))
		}
	}
}

// others are what an operator may be mistaken for.
var others = map[token.Token][]token.Token{
	token.LSS: {token.LEQ}, token.LEQ: {token.LSS}, token.GTR: {token.GEQ}, token.GEQ: {token.GTR},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL}, token.ADD: {token.SUB}, token.SUB: {token.ADD},
	token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.AND: {token.OR}, token.OR: {token.AND},
	token.SHL: {token.SHR}, token.SHR: {token.SHL}, token.LAND: {token.LOR}, token.LOR: {token.LAND},
}

func (m *maker) operator(e *ast.BinaryExpr) {
	for _, op := range others[e.Op] {
		end := e.OpPos + token.Pos(len(e.Op.String()))
		m.replace(e.OpPos, end, op.String(), "%s in place of %s: %s", op, e.Op, m.text(e))
	}
	if e.Op == token.LAND || e.Op == token.LOR {
		m.replace(e.Pos(), e.End(), m.whole(e.X), "only %s of: %s", m.text(e.X), m.text(e))
		m.replace(e.Pos(), e.End(), m.whole(e.Y), "only %s of: %s", m.text(e.Y), m.text(e))
	}
}

// number has a number be another one.
func (m *maker) number(l *ast.BasicLit) {
	n, err := strconv.ParseInt(l.Value, 0, 64)
	if l.Kind != token.INT || err != nil {
		return
	}
	for _, other := range []int64{n + 1, n - 1, 2 * n} {
		if other >= 0 && other != n && (other != 2*n || n > 2) {
			m.replace(l.Pos(), l.End(), strconv.FormatInt(other, 10), "%d in place of %s", other, l.Value)
		}
	}
}

// noError returns nil in the place of an error.
func (m *maker) noError(r *ast.ReturnStmt) {
	if len(r.Results) == 0 {
		return
	}
	switch last := r.Results[len(r.Results)-1].(type) {
	case *ast.Ident:
		if strings.HasPrefix(last.Name, "err") {
			m.replace(last.Pos(), last.End(), "nil", "nil in place of %s", last.Name)
		}
	case *ast.CallExpr, *ast.SelectorExpr:
		m.replace(last.Pos(), last.End(), "nil", "nil in place of %s", m.text(last))
	}
}
