package intake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A Submission is what one learner handed in.
type Submission struct {
	Name     string    // of its folder or archive, without .zip
	Path     string    // of its folder or archive
	ID       string    // whose it is; set by [Identify]
	Known    []string  // other names of the learner: a number, an address
	Stranger bool      // the roster does not have the learner
	HandedIn time.Time // zero where that is not known
}

// skipped are the names of what is no submission.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "__MACOSX" || name == metadata
}

// List returns the submissions in dir, in the order of their names: its folders
// and its zip archives. In an export of Gradescope each submitter of a group has
// the submission of the group.
func List(dir string) ([]*Submission, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	submitters, err := readMetadata(filepath.Join(dir, metadata))
	if err != nil {
		return nil, err
	}
	var all []*Submission
	for _, e := range entries {
		name, isZip := strings.CutSuffix(e.Name(), ".zip")
		if skipped(e.Name()) || !e.IsDir() && !isZip {
			continue
		}
		one := Submission{Name: name, Path: filepath.Join(dir, e.Name())}
		if e.IsDir() {
			one.Name = e.Name()
		}
		people := submitters[one.Name].people
		one.HandedIn = submitters[one.Name].then
		if len(people) == 0 {
			all = append(all, &one)
		}
		for _, known := range people {
			their := one
			their.Known = known
			all = append(all, &their)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there is no submission in it: neither a folder nor a zip archive", dir)
	}
	return all, nil
}

// Identify gives each submission the id of the learner whose it is: by the
// roster, where there is one, else by what is known of the submitter, else by
// the name of the folder. It returns the ids of the roster that handed nothing
// in. Two submissions of one learner are an error.
func Identify(all []*Submission, roster *Roster) (absent []string, err error) {
	whose := map[string]*Submission{}
	for _, s := range all {
		s.ID = safe(s.identity(roster))
		if before := whose[s.ID]; before != nil {
			return nil, fmt.Errorf("%s and %s are both of %q", before.Path, s.Path, s.ID)
		}
		whose[s.ID] = s
	}
	if roster != nil {
		for _, id := range roster.IDs {
			if whose[safe(id)] == nil {
				absent = append(absent, safe(id))
			}
		}
	}
	return absent, nil
}

func (s *Submission) identity(roster *Roster) string {
	if roster != nil {
		if id, ok := roster.find(s); ok {
			return id
		}
	}
	for _, known := range s.Known {
		if known != "" {
			return known
		}
	}
	return s.Name
}

// safe makes an id fit for the name of a folder.
func safe(id string) string {
	id = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) { // marks that turn a line round, too
			return '_'
		}
		return r
	}, strings.TrimSpace(id))
	if id == "" || strings.HasPrefix(id, ".") {
		id = "_" + id
	}
	return id
}

// Only keeps the submissions with these ids or names.
func Only(all []*Submission, ids []string) ([]*Submission, error) {
	if len(ids) == 0 {
		return all, nil
	}
	var kept []*Submission
	found := map[string]bool{}
	for _, s := range all {
		for _, id := range ids {
			if id == s.ID || id == s.Name {
				kept, found[id] = append(kept, s), true
				break
			}
		}
	}
	for _, id := range ids {
		if !found[id] {
			return nil, errors.New("--only: there is no submission of " + id)
		}
	}
	return slices.Clip(kept), nil
}
