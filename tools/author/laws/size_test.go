package laws

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// What one reader can hold in mind of a package: so many lines, tests apart, and so many
// methods of one type. What grows beyond that has two jobs.
const (
	mostLines   = 5000
	mostMethods = 140
)

// TestSize counts the lines of each package of tools, and the methods of each type.
func TestSize(t *testing.T) {
	lines, methods := map[string]int{}, map[string]int{}
	root := "../../../tools"
	filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		} else if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			rel, _ := filepath.Rel(root, file)
			measure(t, file, path.Dir(filepath.ToSlash(rel)), lines, methods)
		}
		return nil
	})
	if lines["engine/play/scene"] == 0 || methods["engine/play/scene.Scene"] == 0 {
		t.Fatal("nothing was counted")
	}
	for _, why := range oversized(lines, methods) {
		t.Error(why)
	}
}

// TestSizeSeeded has one of each that is too large.
func TestSizeSeeded(t *testing.T) {
	lines := map[string]int{"base/small": mostLines, "base/large": mostLines + 1}
	methods := map[string]int{"base/small.T": mostMethods, "base/large.T": mostMethods + 1}
	if got := oversized(lines, methods); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

// measure adds what stands in file, of package pkg. On which system it is compiled does
// not matter.
func measure(t *testing.T, file, pkg string, lines, methods map[string]int) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return
	}
	lines[pkg] += fset.Position(f.End()).Line
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
			methods[pkg+"."+receiver(fn.Recv.List[0].Type)]++
		}
	}
}

// receiver returns the name of a method's type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return "?"
}

func oversized(lines, methods map[string]int) (all []string) {
	for pkg, n := range lines {
		if n > mostLines {
			all = append(all, pkg+" has too many lines for one package: what is its second job?")
		}
	}
	for name, n := range methods {
		if n > mostMethods {
			all = append(all, name+" has too many methods: commands of one family lie beside the state that they use")
		}
	}
	return all
}
