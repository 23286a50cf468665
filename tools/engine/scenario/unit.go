package scenario

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"loopback/tools/base/disk"
	"loopback/tools/base/tree"
)

// A Unit is one step of the course, as far as grading is concerned.
type Unit struct {
	Name      string // "04-goroutine-per-client"
	Root      string // the course's root folder
	Scenarios []*Scenario
}

// ErrNoUnit is returned by [LoadUnit] for a name that no unit has.
var ErrNoUnit = errors.New("no such unit")

// LoadUnit reads the scenarios of the unit called name in the course at root, in the
// order of their file names. An error names the file, and the line where there is one.
func LoadUnit(root, name string) (*Unit, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	return LoadUnitFrom(os.DirFS(root), root, name)
}

// LoadUnitFrom is [LoadUnit] for a course of which these are the files. They need not
// lie at root, nor be more than the scenarios.
func LoadUnitFrom(files fs.FS, root, name string) (*Unit, error) {
	dir := path.Join("testdata", name)
	if info, err := fs.Stat(files, dir); !tree.UnitName.MatchString(name) || err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %q", ErrNoUnit, name)
	}
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, err
	}
	u := &Unit{Name: name, Root: root}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".txtar")
		if !ok {
			continue
		}
		sc, err := loadScenario(files, name, id)
		if err != nil {
			return nil, err
		}
		u.Scenarios = append(u.Scenarios, sc)
	}
	if len(u.Scenarios) == 0 {
		return nil, fmt.Errorf("%s: no scenarios", filepath.Join("testdata", name))
	}
	if err := u.checkChallenges(); err != nil {
		return nil, err
	}
	return u, u.checkNeeds()
}

// checkNeeds makes sure that what a scenario needs stands before it.
func (u *Unit) checkNeeds() error {
	seen := map[string]bool{}
	for _, sc := range u.Scenarios {
		for _, need := range sc.Needs {
			if !seen[need] {
				return fmt.Errorf("%s: needs %q, which is not an earlier scenario of %s", sc.File, need, u.Name)
			}
		}
		seen[sc.ID] = true
	}
	return nil
}

// checkChallenges makes sure that challenges are numbered behind all other
// scenarios, of which there must be one.
func (u *Unit) checkChallenges() error {
	for i, sc := range u.Scenarios[1:] {
		if before := u.Scenarios[i]; before.Challenge && !sc.Challenge {
			return fmt.Errorf("%s: a challenge is numbered after all other scenarios, and %s is not",
				before.Files()[0], sc.ID)
		}
	}
	if first := u.Scenarios[0]; first.Challenge {
		return fmt.Errorf("%s: a unit begins with a scenario that is not a challenge", first.Files()[0])
	}
	return nil
}

// Fingerprint returns a hash over the course's own scenarios as they were read.
func (u *Unit) Fingerprint() string {
	h := sha256.New()
	for _, sc := range u.Scenarios {
		if sc.IsHidden() {
			continue
		}
		for i, f := range sc.Files() {
			fmt.Fprintln(h, filepath.Base(f))
			if i < len(sc.texts) { // one that was not read from a file has none
				h.Write(sc.texts[i])
			}
		}
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}

// Scenario returns the scenario called id, or nil.
func (u *Unit) Scenario(id string) *Scenario {
	for _, sc := range u.Scenarios {
		if sc.ID == id {
			return sc
		}
	}
	return nil
}

// IsOwn reports whether folder holds the learner's own program of the unit.
func (u *Unit) IsOwn(folder string) bool {
	return disk.Relative(u.Root, folder) == filepath.Join("exercises", u.Name)
}
