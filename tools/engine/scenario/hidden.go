package scenario

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Hidden is a scenario that lies outside of the course, so that learners who
// have the course do not have it. It is read once, before any program is
// started, and kept in memory.
type Hidden struct {
	Unit, ID string
	Text     []byte
	File     string // where it was read
}

// ReadHidden reads the scenarios in dir/UNIT, a folder laid out as testdata is.
// There may be none for a unit.
func ReadHidden(dir, unit string) ([]Hidden, error) {
	folder := filepath.Join(dir, unit)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(dir)
		return nil, err
	}
	var all []Hidden
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".txtar")
		if !ok {
			continue
		}
		file := filepath.Join(folder, e.Name())
		text, err := readText(os.DirFS(folder), e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, Hidden{Unit: unit, ID: id, Text: text, File: file})
	}
	return all, err
}

// Add adds hidden scenarios to the unit, each where its number puts it, but
// behind the first. Unless its file says otherwise learners see of one its name
// and whether it passed.
func (u *Unit) Add(hidden []Hidden) error {
	gate := u.Scenarios[0]
	for _, h := range hidden {
		if u.Scenario(h.ID) != nil {
			return fmt.Errorf("%s: %s has a scenario of this name", h.File, u.Name)
		}
		if bytes.HasPrefix(h.Text, []byte("# as ")) {
			return fmt.Errorf("%s:1: a hidden scenario has a script of its own", h.File)
		}
		sc := &Scenario{ID: h.ID, Unit: u.Name, File: path.Join("hidden", u.Name, h.ID+".txtar"), hidden: &h,
			texts: [][]byte{h.Text}}
		if err := sc.parse(h.Text); err != nil {
			return err
		}
		if !bytes.Contains(h.Text, []byte("\n# visibility ")) {
			sc.Visibility = "hidden"
		}
		u.Scenarios = append(u.Scenarios, sc)
	}
	slices.SortStableFunc(u.Scenarios[1:], func(a, b *Scenario) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.ID, b.ID))
	})
	u.Scenarios[0] = gate
	return u.checkNeeds()
}

// last orders challenges behind all else.
func last(sc *Scenario) int {
	if sc.Challenge {
		return 1
	}
	return 0
}

// IsHidden reports whether sc is no part of the course.
func (sc *Scenario) IsHidden() bool { return sc.hidden != nil }

// WithHidden adds to a hash over the course's own scenarios those that are hidden.
func (u *Unit) WithHidden(hash string) string {
	h := sha256.New()
	fmt.Fprintln(h, hash)
	found := false
	for _, sc := range u.Scenarios {
		if sc.IsHidden() {
			found = true
			fmt.Fprintln(h, sc.ID, len(sc.hidden.Text))
			h.Write(sc.hidden.Text)
		}
	}
	if !found {
		return hash
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}
