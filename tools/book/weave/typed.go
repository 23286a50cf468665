package weave

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// A typed program is what go/types knows of one folder's files.
type typed struct {
	imports map[string]*types.Package // by the name that the program uses
	defs    map[*ast.Ident]types.Object
}

// typed checks the types of the program in folder, with the files that its unit
// gives. Faults in it are the compiler's to tell.
func (b *book) typed(folder, unit string) *typed {
	t := &typed{imports: map[string]*types.Package{}, defs: map[*ast.Ident]types.Object{}}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range b.sources(folder, unit) {
		if f, err := parser.ParseFile(fset, name, nil, 0); err == nil {
			files = append(files, f)
		}
	}
	exports.find(b.root, files)
	config := types.Config{Importer: exports, Error: func(error) {}}
	config.Check(folder, fset, files, &types.Info{Defs: t.defs})
	for _, f := range files {
		for _, spec := range f.Imports {
			t.addImport(spec)
		}
	}
	return t
}

func (t *typed) addImport(spec *ast.ImportSpec) {
	from, _ := strconv.Unquote(spec.Path.Value)
	pkg, err := exports.Import(from)
	switch {
	case err != nil:
	case spec.Name != nil:
		t.imports[spec.Name.Name] = pkg
	default:
		t.imports[pkg.Name()] = pkg
	}
}

// sources returns the Go files of a program on this system; main.go alone is
// completed by the other files of the unit's solution.
func (b *book) sources(folder, unit string) []string {
	var files []string
	seen := map[string]bool{}
	for _, dir := range []string{folder, path.Join("solutions", unit)} {
		found, _ := filepath.Glob(filepath.Join(b.root, filepath.FromSlash(dir), "*.go"))
		for _, f := range found {
			name := filepath.Base(f)
			here, err := build.Default.MatchFile(filepath.Dir(f), name)
			if err == nil && here && !seen[name] && !strings.HasSuffix(name, "_test.go") {
				files = append(files, f)
			}
			seen[name] = true
		}
	}
	return files
}

// exports knows the packages that programs import, from what the compiler has
// exported of them. They do not change while a process lives.
var exports = &exportData{files: map[string]string{}}

type exportData struct {
	mu    sync.Mutex
	files map[string]string // by import path: the compiler's file
	from  types.Importer
}

// find asks the go command where the packages are that these files import.
func (e *exportData) find(root string, files []*ast.File) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var missing []string
	for _, f := range files {
		for _, spec := range f.Imports {
			if p, _ := strconv.Unquote(spec.Path.Value); p != "" && e.files[p] == "" {
				missing = append(missing, p)
			}
		}
	}
	if len(missing) == 0 {
		return
	}
	list := exec.Command("go",
		append([]string{"list", "-e", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, missing...)...)
	list.Dir = root
	out, _ := list.Output() // what is not found stays unknown, and nothing is said about it
	for line := range strings.Lines(string(out)) {
		if p, file, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			e.files[p] = file
		}
	}
}

// Import returns a package by its path.
func (e *exportData) Import(p string) (*types.Package, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.from == nil {
		e.from = importer.ForCompiler(token.NewFileSet(), "gc", func(p string) (io.ReadCloser, error) {
			if e.files[p] == "" {
				return nil, fmt.Errorf("package %s is not known", p)
			}
			return os.Open(e.files[p])
		})
	}
	return e.from.Import(p)
}
