package grade

import (
	"crypto/sha256"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// Key returns a hash over all that a unit's verdict comes from: the program in
// folder with the files that are given beside it, the scenarios (those of other
// units that stand for some, too), the module file, the Go release, and the
// engine, which is what [EngineKey] has returned. Two results with one key are
// the same result, in whichever clone; the key does not change when a clone
// moves.
func Key(u *scenario.Unit, folder, engine string) (string, error) {
	var files []string
	own, err := build.GoFiles(folder)
	if err != nil {
		return "", err
	}
	files = append(files, own...)
	given, err := build.Given(u, folder)
	if err != nil {
		return "", err
	}
	files = append(files, given...)
	for _, sc := range u.Scenarios {
		if sc.IsHidden() {
			continue // its text is hashed below
		}
		for _, f := range sc.Files() {
			files = append(files, filepath.Join(u.Root, f))
		}
	}
	files = append(files, filepath.Join(u.Root, "go.mod"))
	h := sha256.New()
	fmt.Fprintln(h, result.Schema, u.Name, runtime.Version(), runtime.GOOS, runtime.GOARCH, u.WithHidden(engine))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, filepath.Base(f), len(data))
		h.Write(data)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// enginePackage is the package that gives verdicts.
const enginePackage = "tools/grade"

// EngineKey returns a hash over the engine's source in the course at root: all
// that [enginePackage] is built from, as its imports say, and the versions of
// the modules.
func EngineKey(root string) string {
	h := sha256.New()
	for _, f := range append(engineFiles(root), filepath.Join(root, "go.sum")) {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // a course whose engine lies elsewhere
		}
		name, _ := filepath.Rel(root, f)
		fmt.Fprintln(h, filepath.ToSlash(name), len(data))
		h.Write(data)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// engineFiles returns the files of the engine's package and of all packages of
// the course that it imports, for whichever system: whatever lies in their
// folders but the tests.
func engineFiles(root string) []string {
	var files []string
	found := map[string]bool{enginePackage: true}
	for todo := []string{enginePackage}; len(todo) > 0; {
		dir := todo[0]
		todo = todo[1:]
		entries, _ := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		for _, e := range entries {
			if !e.Type().IsRegular() || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			file := filepath.Join(root, filepath.FromSlash(dir), e.Name())
			files = append(files, file)
			for _, imported := range ownImports(file) {
				if !found[imported] {
					found[imported] = true
					todo = append(todo, imported)
				}
			}
		}
	}
	return files
}

// module is the path with which the import paths of the course's own packages
// begin.
const module = "loopback/"

// ownImports returns the folders of the course's packages that a Go file
// imports, relative to the root.
func ownImports(file string) []string {
	if !build.IsGoFile(file) {
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil // then the engine does not build, and gives no verdict
	}
	var own []string
	for _, spec := range parsed.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && strings.HasPrefix(path, module) {
			own = append(own, strings.TrimPrefix(path, module))
		}
	}
	return own
}
