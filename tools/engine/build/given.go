package build

import (
	"encoding/json"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"loopback/tools/base/disk"
	"loopback/tools/engine/scenario"
)

// Given returns the files that the course gives beside the program in folder,
// which may lie anywhere: those of the unit's solution but main.go and the
// tests. One that the folder has itself is not given, nor one that declares a
// name that the folder's own files declare: there the program has a part of its
// own in its place. So a program is most often main.go alone.
func Given(u *scenario.Unit, folder string) ([]string, error) {
	solution := filepath.Join(u.Root, "solutions", u.Name)
	files, err := GoFiles(solution)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	own, err := GoFiles(folder)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{"main": true}
	for _, f := range own {
		if buildsHere(f) {
			maps.Copy(taken, declared(f))
		}
	}
	isTaken := func(name string) bool { return taken[name] }
	var given []string
	for _, f := range files {
		base := filepath.Base(f)
		if base == "main.go" || disk.IsFile(filepath.Join(folder, base)) || !buildsHere(f) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(declared(f))), isTaken) {
			given = append(given, f)
		}
	}
	return given, nil
}

// buildsHere reports whether a file is compiled on this system. What cannot be
// read is: the compiler then says why not.
func buildsHere(file string) bool {
	system := build.Default
	system.GOOS, system.GOARCH = runtime.GOOS, runtime.GOARCH // whatever the environment says
	here, err := system.MatchFile(filepath.Dir(file), filepath.Base(file))
	return here || err != nil
}

// declared returns the names that a file declares for its package. A file that
// does not parse declares those that can be read: the compiler says the rest.
func declared(file string) map[string]bool {
	names := map[string]bool{}
	parsed, _ := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if parsed == nil {
		return names
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name != "init" {
				names[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				nameSpec(names, spec)
			}
		}
	}
	delete(names, "_")
	return names
}

func nameSpec(names map[string]bool, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names[spec.Name.Name] = true
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			names[n.Name] = true
		}
	}
}

// An Overlay makes the go command see files where they are not, as its flag
// -overlay describes.
type Overlay struct{ Replace map[string]string }

// Add lets the given files appear in folder, and returns where.
func (o *Overlay) Add(folder string, given []string) ([]string, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, f := range given {
		if f, err = filepath.Abs(f); err != nil {
			return nil, err
		}
		at := filepath.Join(abs, filepath.Base(f))
		if o.Replace == nil {
			o.Replace = map[string]string{}
		}
		o.Replace[at] = f
		seen = append(seen, at)
	}
	return seen, nil
}

// Write writes the overlay into a file of dir and returns its name.
func (o *Overlay) Write(dir string) (string, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, data, 0o644)
}

// IsGoFile reports whether a name is that of a Go file that is no test.
func IsGoFile(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// GoFiles returns the Go files of a folder but the tests, in order.
func GoFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if IsGoFile(e.Name()) {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files, nil
}
