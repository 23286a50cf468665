// Package tree knows where the course lies, and which units it has: nothing lists
// them, their names in the tree are the registry.
package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"loopback/tools/base/disk"
)

// UnitName matches the name of a unit: two digits, a hyphen, a slug.
var UnitName = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*$`)

// Root returns the root of the course that holds dir: the nearest folder
// above (or dir itself) with go.mod and testdata.
func Root(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := abs; ; d = filepath.Dir(d) {
		if disk.IsFile(filepath.Join(d, "go.mod")) && disk.IsDir(filepath.Join(d, "testdata")) {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s is not inside the course: no go.mod beside a testdata folder here or above", dir)
		}
	}
}

// Units returns the names of all units, in order: the folders of testdata
// that are named like one. Nothing lists them anywhere else.
func Units(root string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, "testdata"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && UnitName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
