package laws

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestImports finds imports of our own that stand before others: they come last, as a
// group, in every file.
func TestImports(t *testing.T) {
	seen := 0
	for _, dir := range []string{"exercises", "solutions", "testdata", "tools"} {
		filepath.WalkDir(filepath.Join("../../..", dir), func(file string, _ fs.DirEntry, err error) error {
			if err != nil {
				t.Error(err)
			} else if filepath.Ext(file) == ".go" {
				seen++
				if why := unsorted(file, nil); why != "" {
					t.Errorf("%s: %s", file, why)
				}
			}
			return nil
		})
	}
	if seen < 1000 {
		t.Errorf("only %d files were read", seen)
	}
}

// TestImportsSeeded has one that is right, and two that are not.
func TestImportsSeeded(t *testing.T) {
	for src, right := range map[string]bool{
		"package p\n\nimport (\n\t\"os\"\n\n\t\"loopback/tools/base/disk\"\n)\n": true,
		"package p\n\nimport (\n\t\"loopback/tools/base/disk\"\n\t\"os\"\n)\n":   false,
		"package p\n\nimport (\n\t\"os\"\n\t\"loopback/tools/base/disk\"\n)\n":   false,
	} {
		if why := unsorted("p.go", src); (why == "") != right {
			t.Errorf("%q: %q", src, why)
		}
	}
}

// unsorted says what is wrong with the imports of a file, or "".
func unsorted(file string, src any) string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ImportsOnly)
	if err != nil {
		return err.Error()
	}
	own, before := "", 0 // the first import of our own, and the line of the one before
	for _, s := range f.Imports {
		path, line := strings.Trim(s.Path.Value, `"`), fset.Position(s.Pos()).Line
		switch mine := strings.HasPrefix(path, "loopback/"); {
		case !mine && own != "":
			return own + " stands before " + path
		case mine && own == "":
			if own = path; before == line-1 {
				return own + " begins no group of its own"
			}
		}
		before = line
	}
	return ""
}
