package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"loopback/tools/author/laws"
	"loopback/tools/base/tree"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// hiddenFlag adds --hidden to a command.
func hiddenFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "hidden", "", "a `folder` with more scenarios, laid out as testdata is")
	c.MarkFlagDirname("hidden")
}

// addHidden adds to the unit the scenarios in a folder of the instructor's, and has no
// program under test read them where the system can keep it from that.
func addHidden(u *scenario.Unit, dir string) error {
	hidden, err := readHidden(u.Root, dir, u.Name)
	if err != nil {
		return err
	}
	process.Conceal(dir)
	return u.Add(hidden[u.Name])
}

// readHidden reads the hidden scenarios in a folder, for the course in root. There is one for
// some of the units, or it is an error.
func readHidden(root, dir string, units ...string) (map[string][]scenario.Hidden, error) {
	course, err := tree.Units(root)
	if err != nil {
		return nil, err
	}
	hidden, err := scenario.ReadHidden(dir, course, units...)
	if err != nil {
		return nil, fmt.Errorf("--hidden: %w", err)
	}
	return hidden, nil
}

// hiddenOf reads the hidden scenarios of some units, or of all when none is named.
func hiddenOf(root, dir string, units []string) (laws.Hidden, error) {
	all := units
	if len(all) == 0 {
		var err error
		if all, err = tree.Units(root); err != nil {
			return nil, err
		}
	}
	hidden, err := readHidden(root, dir, all...)
	maps.DeleteFunc(hidden, func(unit string, _ []scenario.Hidden) bool { return !slices.Contains(all, unit) })
	return hidden, err
}

// mostPiped bounds what is taken of an archive of scenarios.
const mostPiped = 64 << 20

// addPiped adds to the unit the scenarios in the archive on standard input. It is read once,
// and kept for the process that grades.
func (f *gradeFlags) addPiped(u *scenario.Unit) error {
	course, err := tree.Units(u.Root)
	if err != nil {
		return err
	}
	if f.piped, err = io.ReadAll(io.LimitReader(os.Stdin, mostPiped)); err != nil {
		return err
	}
	hidden, err := scenario.UnpackHidden(f.piped, course, u.Name)
	if err != nil {
		return fmt.Errorf("--hidden: standard input: %w", err)
	}
	return u.Add(hidden[u.Name])
}

// addMore adds to the unit what --hidden names.
func (f *gradeFlags) addMore(u *scenario.Unit) error {
	switch f.hidden {
	case "":
		return nil
	case scenario.Piped:
		return f.addPiped(u)
	}
	return addHidden(u, f.hidden)
}

// stdin is the standard input of the process that grades.
func (f *gradeFlags) stdin() io.Reader {
	if f.hidden == scenario.Piped {
		return bytes.NewReader(f.piped)
	}
	return os.Stdin
}

// errInSight is why there is no mark where a program could read what it must not.
var errInSight = errors.New("programs cannot be kept here from reading what --conceal names: that needs Linux 5.13 " +
	"with Landlock")

// keepFromSight conceals what --conceal names, or says that this system cannot.
func (f *gradeFlags) keepFromSight() error {
	if len(f.conceal) == 0 {
		return nil
	}
	if !process.Conceals() {
		return errInSight
	}
	process.Conceal(f.conceal...)
	return nil
}
