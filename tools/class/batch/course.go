package batch

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"loopback/tools/class/sheet"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// prepareCourse makes the course that is seen while a program is built, which has no more
// than its module file, and reads the scenarios, which a grader gets by the pipe that it is
// called by: no program finds them. Along the way it hashes all that a unit is graded by.
func (b *batch) prepareCourse() error {
	mod, err := os.ReadFile(filepath.Join(b.Root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(b.Root, "go.sum"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for name, data := range map[string][]byte{"go.mod": mod, "go.sum": sum} {
		if err := sheet.WriteWhole(b.own("course", name), data); err != nil {
			return err
		}
	}
	for name, u := range b.units {
		h := sha256.New()
		b.scenarios[name] = map[string][]byte{}
		h.Write(mod)
		fmt.Fprintln(h, u.WithHidden(name))
		for _, sc := range u.Scenarios {
			if sc.IsHidden() {
				continue // it is passed on in memory
			}
			for _, f := range sc.Files() {
				data, err := os.ReadFile(filepath.Join(b.Root, f))
				if err != nil {
					return err
				}
				fmt.Fprintln(h, f, len(data))
				h.Write(data)
				b.scenarios[name][filepath.ToSlash(f)] = data
			}
		}
		if err := b.hashGiven(h.Write, u); err != nil {
			return err
		}
		b.course[name] = fmt.Sprintf("%x", h.Sum(nil))
	}
	return nil
}

// hashGiven adds the files that are compiled together with every program.
func (b *batch) hashGiven(write func([]byte) (int, error), u *scenario.Unit) error {
	files, err := build.GoFiles(filepath.Join(b.Root, "solutions", u.Name))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if filepath.Base(f) != "main.go" {
			write(data)
		}
	}
	return nil
}
