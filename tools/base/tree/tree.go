// Package tree knows where the course lies, and which units it has: nothing lists
// them, their names in the tree are the registry.
package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

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

// Named returns the unit that a name means: its own name, the number that it begins
// with, or the name as far as a hyphen. It returns "" when none of units is meant.
func Named(units []string, name string) string {
	for _, u := range units {
		if u == name || strings.HasPrefix(u, name+"-") || strings.HasPrefix(u, "0"+name+"-") {
			return u
		}
	}
	return ""
}

// Alike returns the one of units that a folder is meant for whose name is not quite the
// unit's: it is a name by [Named], or that without the number, in whatever case, and with
// other signs in the place of hyphens. It returns "" when that is none of them, or several.
func Alike(units []string, folder string) (unit string) {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(folder)), "-")
	if u := Named(units, name); u != "" || name == "" {
		return u
	}
	for _, u := range units {
		if u[3:] != name {
			continue
		}
		if unit != "" {
			return ""
		}
		unit = u
	}
	return unit
}
