package export

import (
	"os"
	"path/filepath"

	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// writeCourse writes a course with one unit in it: the module file, the unit's
// scenarios, and the files that are compiled together with every program. Neither
// the solution nor a wrong program is in it.
func writeCourse(u *scenario.Unit, to string) error {
	var all []string
	for _, f := range []string{"go.mod", "go.sum"} {
		all = append(all, filepath.Join(u.Root, f))
	}
	for _, sc := range u.Scenarios {
		for _, f := range sc.Files() {
			all = append(all, filepath.Join(u.Root, f))
		}
	}
	given, err := build.GoFiles(filepath.Join(u.Root, "solutions", u.Name))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, f := range given {
		if filepath.Base(f) != "main.go" {
			all = append(all, f)
		}
	}
	for _, f := range all {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(u.Root, f)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(to, rel), data, false); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(to, "testdata", u.Name), 0o755)
}
