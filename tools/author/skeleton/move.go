package skeleton

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/tree"
)

// places returns what a unit has in the trees of the course, with the pictures and the
// translations of its chapter, relative to root.
func places(root, unit string) (found []string, err error) {
	if !tree.UnitName.MatchString(unit) {
		return nil, fmt.Errorf("%q is no name of a unit", unit)
	}
	for _, at := range []string{filepath.Join("chapters", unit+".md"), filepath.Join("exercises", unit),
		filepath.Join("solutions", unit), filepath.Join("testdata", unit)} {
		if _, err := os.Stat(filepath.Join(root, at)); err == nil {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no unit %s", unit)
	}
	translated, err := filepath.Glob(filepath.Join(root, "chapters", "*", unit+".md"))
	for _, t := range translated {
		found = append(found, filepath.Join("chapters", filepath.Base(filepath.Dir(t)), unit+".md"))
	}
	if err != nil {
		return nil, err
	}
	pictures, err := filepath.Glob(filepath.Join(root, "chapters", "pictures", unit[:3]+"*.svg"))
	for _, p := range pictures {
		found = append(found, filepath.Join("chapters", "pictures", filepath.Base(p)))
	}
	return found, err
}

// Remove removes a unit, and returns what it has removed and the files of the course that
// still speak of it: those are the author's to mend.
func Remove(root, unit string) (removed, left []string, err error) {
	if removed, err = places(root, unit); err != nil {
		return nil, nil, err
	}
	for _, at := range removed {
		if err := os.RemoveAll(filepath.Join(root, at)); err != nil {
			return nil, nil, err
		}
	}
	err = eachText(root, func(path string, text []byte) error {
		if bytes.Contains(text, []byte(unit)) {
			left = append(left, path)
		}
		return nil
	})
	return removed, left, err
}

// Rename gives a unit another name, in the trees and in every text of the course, and
// returns the files in which it stood.
func Rename(root, unit, to string) (changed []string, err error) {
	from, err := places(root, unit)
	if err != nil {
		return nil, err
	}
	if !tree.UnitName.MatchString(to) || to[:2] != unit[:2] {
		if err := free(root, to); err != nil {
			return nil, err
		}
	}
	for _, at := range from {
		other := strings.Replace(at, unit, to, 1)
		if other == at { // a picture has the number alone
			other = filepath.Join(filepath.Dir(at), to[:3]+filepath.Base(at)[3:])
		}
		if err := os.Rename(filepath.Join(root, at), filepath.Join(root, other)); err != nil {
			return nil, err
		}
	}
	names := strings.NewReplacer(unit, to, "pictures/"+unit[:3], "pictures/"+to[:3])
	return rewrite(root, func(_, text string) string { return names.Replace(text) })
}

// rewrite gives each text of the course what other makes of it, and returns the files that
// it has changed.
func rewrite(root string, other func(path, text string) string) (changed []string, err error) {
	err = eachText(root, func(path string, text []byte) error {
		now := other(path, string(text))
		if now == string(text) {
			return nil
		}
		changed = append(changed, path)
		return os.WriteFile(filepath.Join(root, path), []byte(now), 0o644)
	})
	return changed, err
}

// texts are the trees and files in which a unit can be named. A changelog says what was.
var texts = []string{"README.md", "CONTRIBUTING.md", "chapters", "exercises", "solutions", "testdata"}

// eachText calls do for each file of the course that is no program's output but a text.
func eachText(root string, do func(path string, text []byte) error) error {
	for _, top := range texts {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !d.Type().IsRegular() ||
				!slices.Contains([]string{".md", ".go", ".txtar", ".txt"}, filepath.Ext(path)) {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			return do(filepath.ToSlash(rel), text)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
