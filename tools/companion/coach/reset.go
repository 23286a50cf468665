package coach

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"loopback/tools/base/catalogue"
)

// Reset puts the stub of a unit back and keeps the learner's program beside it,
// under a name that Go does not build and Git ignores. It says what it did.
//
// The stub comes from testdata/UNIT/stub, so it needs no Git, and it is the
// present one whatever the learner has committed. Nothing is written before the
// learner's program is safe.
func (c *Coach) Reset(unit string) (string, error) {
	stub, err := os.ReadFile(catalogue.PristineStub(c.Root, unit))
	if err != nil {
		return "", fmt.Errorf("the copy of the stub cannot be read (%w); git restore testdata/%s/stub brings it back",
			err, unit)
	}
	file := filepath.Join(c.Root, filepath.FromSlash(Program(unit)))
	mine, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Program(unit) + " was missing; the stub is there again.\n", replace(file, stub)
	case err != nil:
		return "", err
	case bytes.Equal(mine, stub):
		return Program(unit) + " is the stub already; nothing was done.\n", nil
	}
	kept, err := keep(filepath.Dir(file), mine)
	if err != nil {
		return "", fmt.Errorf("your program could not be kept, so nothing was done: %w", err)
	}
	if err := replace(file, stub); err != nil {
		return "", err
	}
	folder := "exercises/" + unit + "/"
	text := fmt.Sprintf("%s is the stub again.\nYour program is kept: %s\nTo have it back:      cp %s %s\n",
		Program(unit), folder+kept, folder+kept, Program(unit))
	if more := c.others(unit); len(more) > 0 {
		text += "These files of yours are still part of the program: " + strings.Join(more, ", ") + "\n"
	}
	return text, nil
}

// keep writes data to a new file beside the stub and returns its name. When it
// was kept before it is not kept twice.
func keep(dir string, data []byte) (name string, err error) {
	for n := 1; ; n++ {
		name := fmt.Sprint(catalogue.KeptPrefix, n)
		path := filepath.Join(dir, name)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
				return name, nil
			}
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			os.Remove(path)
			return "", err
		}
		return name, nil
	}
}

// replace writes a file so that it is the old one or the new one, whole.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".reset-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it has its name by then, unless something failed
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// others returns the learner's further files in the folder of an exercise.
func (c *Coach) others(unit string) []string {
	entries, err := os.ReadDir(c.Grader.Folder(unit))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		_, err := os.Stat(filepath.Join(c.Root, "solutions", unit, name))
		if err != nil && !strings.HasPrefix(name, catalogue.KeptPrefix) && strings.HasSuffix(name, ".go") {
			names = append(names, name)
		}
	}
	return names
}
