package laws

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms says for each folder of tools which others its packages may import,
// besides their own. CONTRIBUTING.md tells the same in a table.
var rooms = map[string][]string{
	"base":      {},
	"engine":    {"base"},
	"grade":     {"base", "engine"},
	"companion": {"base", "engine", "grade"},
	"author":    {"base", "engine", "grade"},
	"book":      {"base", "engine", "grade"},
	"measure":   {"base", "engine", "grade"},
	"class":     {"base", "engine", "grade"},
	"course":    {"base", "engine", "grade", "companion", "author", "book", "class"},
}

// closer says the same of packages that must know even less.
var closer = map[string][]string{
	"engine/wire":          {},
	"engine/probe":         {},
	"engine/process":       {},
	"engine/space":         {"engine/process"},
	"engine/facts":         {"base/record", "engine/probe"},
	"engine/scenario":      {"base/", "engine/facts", "engine/space"}, // a header is a setting of a namespace
	"engine/result":        {"base/", "engine/scenario"},
	"engine/play/argument": {},
	"engine/play/payload":  {"engine/play/argument"},
	"engine/play/scene": { // it knows no family of commands
		"base/", "engine/facts", "engine/play/argument", "engine/play/payload", "engine/probe", "engine/process",
		"engine/scenario", "engine/space", "engine/wire",
	},
	"book/weave":  {"base/"}, // it knows no grader
	"base/record": {"base/paint"},
}

// ownPath begins the import paths of the tools.
const ownPath = "loopback/tools/"

// TestRooms reads what every file of the course imports of the tools, for
// whichever system.
func TestRooms(t *testing.T) {
	imports := map[string][]string{} // of each folder, tests apart
	for _, top := range []string{"exercises", "solutions", "testdata", "tools"} {
		eachGoFile(t, top, func(file string, all []string) {
			for _, imported := range all {
				if own, ok := strings.CutPrefix(imported, ownPath); ok {
					if why := strange(file, own); why != "" {
						t.Errorf("%s imports %s: %s", file, imported, why)
					}
					imports[top] = append(imports[top], own)
				}
			}
		})
	}
	if len(imports["tools"]) < 100 {
		t.Errorf("only %d imports were read", len(imports["tools"]))
	}
}

// TestRoomsSeeded tries imports that are wrong, and some that are right.
func TestRoomsSeeded(t *testing.T) {
	for _, c := range []struct {
		file, imports string
		ok            bool
	}{
		{"tools/companion/coach/coach.go", "base/catalogue", true},
		{"tools/companion/coach/coach.go", "author/laws", false},
		{"tools/companion/coach/coach_test.go", "author/laws", false},
		{"tools/author/laws/check.go", "companion/coach", false},
		{"tools/engine/play/chat/room.go", "engine/wire", true},
		{"tools/engine/play/chat/room.go", "grade", false},
		{"tools/engine/play/scene/judge.go", "engine/facts", true},
		{"tools/engine/play/scene/judge.go", "engine/play/stream", false},
		{"tools/engine/wire/conn.go", "engine/play", false},
		{"tools/engine/probe/dials_linux_test.go", "engine/wire", true}, // a test may know a neighbour
		{"tools/book/weave/check.go", "engine/scenario", false},
		{"tools/course/main.go", "measure/load", false},
		{"tools/lone/lone.go", "base/disk", false},
		{"exercises/30-demo/grade_test.go", "grade", true},
		{"exercises/30-demo/main.go", "grade", false},
		{"testdata/30-demo/right/one/main.go", "base/disk", false},
	} {
		if why := strange(c.file, c.imports); (why == "") != c.ok {
			t.Errorf("%s imports %s: %q", c.file, c.imports, why)
		}
	}
}

// strange says why file must not import the package of tools called imported, or
// "". A test may know more of its own group, but no other group.
func strange(file, imported string) string {
	pkg, ok := strings.CutPrefix(path.Dir(file), "tools/")
	if !ok {
		if path.Base(file) == "grade_test.go" && imported == "grade" {
			return ""
		}
		return "only the door to the grader, grade_test.go, knows the tools"
	}
	group, other := first(pkg), first(imported)
	allowed, known := rooms[group]
	if !known {
		return "there is no group " + group + ": it belongs in one of those that CONTRIBUTING.md tells of"
	}
	if group != other && !slices.Contains(allowed, other) {
		return group + " must not know " + other
	}
	only, narrow := closer[pkg]
	if !narrow || strings.HasSuffix(file, "_test.go") {
		return ""
	}
	if !slices.ContainsFunc(only, func(p string) bool {
		return imported == p || strings.HasSuffix(p, "/") && strings.HasPrefix(imported, p)
	}) {
		return pkg + " must not know it"
	}
	return ""
}

// first returns the first folder of a path.
func first(path string) string {
	name, _, _ := strings.Cut(path, "/")
	return name
}

// eachGoFile calls f with the path and the imports of every Go file below top.
func eachGoFile(t *testing.T, top string, f func(file string, imports []string)) {
	const root = "../../.."
	err := filepath.WalkDir(filepath.Join(root, top), func(file string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".go" {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return nil // a program that must not compile
		}
		var imports []string
		for _, spec := range parsed.Imports {
			if text, err := strconv.Unquote(spec.Path.Value); err == nil {
				imports = append(imports, text)
			}
		}
		rel, err := filepath.Rel(root, file)
		f(filepath.ToSlash(rel), imports)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
