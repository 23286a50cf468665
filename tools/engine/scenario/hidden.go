package scenario

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/tree"
)

// A Hidden is a scenario that lies outside of the course, so that learners who
// have the course do not have it. It is read once, before any program is
// started, and kept in memory.
type Hidden struct {
	Unit, ID string
	Text     []byte
	File     string // where it was read
}

// ReadHidden reads the scenarios in dir, a folder laid out as testdata is, for each of the
// course's units. A folder in it has a name that [tree.Named] knows. What could be
// meant for a scenario and is none is an error, which names it, and so is that there is none
// for the units that are graded: nothing that an instructor has written may be lost silently.
func ReadHidden(dir string, course []string, graded ...string) (map[string][]Hidden, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	return hiddenIn{os.DirFS(dir), dir}.read(course, graded)
}

// hiddenIn is what holds hidden scenarios, and how messages call it.
type hiddenIn struct {
	fs.FS
	name string
}

// at is how messages call what lies in it.
func (in hiddenIn) at(name string) string { return filepath.Join(in.name, filepath.FromSlash(name)) }

// read reads all scenarios, as ReadHidden says.
func (in hiddenIn) read(course, graded []string) (map[string][]Hidden, error) {
	entries, err := fs.ReadDir(in, ".")
	if err != nil {
		return nil, err
	}
	all := map[string][]Hidden{}
	for _, e := range entries {
		unit := tree.Named(course, e.Name())
		switch {
		case isAside(e.Name()):
			continue
		case !in.isDir(e.Name()):
			return nil, fmt.Errorf("%s: a scenario lies in a folder that is named as its unit, such as %s",
				in.at(e.Name()), in.at(graded[0]+"/90-name.txtar"))
		case unit == "":
			return nil, fmt.Errorf("%s: no unit has this name%s", in.at(e.Name()), meant(tree.Alike(course, e.Name())))
		}
		found, err := in.readFolder(e.Name(), unit)
		if err != nil {
			return nil, err
		}
		all[unit] = append(all[unit], found...)
	}
	for _, unit := range graded {
		if len(all[unit]) > 0 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%s: there is no scenario for %s in it", in.name, strings.Join(graded, ", "))
}

// readFolder reads the scenarios in the folder of one unit. Folders in it, such as wrong, are
// the instructor's own, but hold no scenario.
func (in hiddenIn) readFolder(folder, unit string) (all []Hidden, err error) {
	entries, err := fs.ReadDir(in, folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		file := path.Join(folder, e.Name())
		id, ok := strings.CutSuffix(e.Name(), ".txtar")
		switch {
		case isAside(e.Name()):
			continue
		case in.isDir(file):
			if deep := in.scenarioIn(file); deep != "" {
				return nil, fmt.Errorf("%s: it lies too deep: scenarios of %s lie in %s", in.at(deep), unit,
					in.at(folder))
			}
			continue
		case !ok:
			return nil, fmt.Errorf("%s: this is not a scenario: the name of one ends in .txtar", in.at(file))
		case !tree.UnitName.MatchString(id): // scenarios and units have names of one form
			return nil, fmt.Errorf("%s: a scenario is named with a number and a word or two, such as 90-two-clients",
				in.at(file))
		}
		text, err := readText(in, file)
		if err != nil {
			return nil, err
		}
		all = append(all, Hidden{Unit: unit, ID: id, Text: text, File: in.at(file)})
	}
	return all, nil
}

// isAside reports whether a name is that of something that may lie beside scenarios.
func isAside(name string) bool { return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".md") }

func (in hiddenIn) isDir(name string) bool {
	fi, err := fs.Stat(in, name)
	return err == nil && fi.IsDir()
}

// scenarioIn returns the path of a scenario somewhere below a folder, "" when there is none.
func (in hiddenIn) scenarioIn(folder string) (found string) {
	fs.WalkDir(in, folder, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txtar") {
			found = path
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func meant(unit string) string {
	if unit == "" {
		return ""
	}
	return "; did you mean " + unit + "?"
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
		sc := &Scenario{ID: h.ID, Unit: u.Name, File: h.File, hidden: &h, texts: [][]byte{h.Text}}
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

// HiddenIn is the folder that --hidden gave for the scenario, "" for one of the course.
func (sc *Scenario) HiddenIn() string {
	if !sc.IsHidden() {
		return ""
	}
	return filepath.Dir(filepath.Dir(sc.hidden.File))
}

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
