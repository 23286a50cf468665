package grade

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
)

// Detected is what the race detector had to say about the learner's own program
// of a unit: kept by every door to the grader, go test -race among them, which
// knows no other place for it.
type Detected struct {
	Key    string   `json:"key"` // of [Unit.Key]: the program that it is about
	Passed []string `json:"passed"`
	Failed []string `json:"failed"`

	// The first failure, when it is about a race: as in [Test], and its report.
	First  string   `json:"first"`
	Code   Code     `json:"code"`
	Case   string   `json:"case"`
	Hints  []string `json:"hints"`
	Report string   `json:"report"`
}

// detectedFile is where it is kept, in the folder that Git ignores.
func (u *Unit) detectedFile() string { return filepath.Join(u.Root, ".course", "race", u.Name+".json") }

// Detected returns what the race detector had to say, the last time that it was
// asked; its key says whether that is still true. A file that cannot be read
// counts as none.
func (u *Unit) Detected() Detected {
	var d Detected
	if data, err := os.ReadFile(u.detectedFile()); err == nil && json.Unmarshal(data, &d) != nil {
		return Detected{}
	}
	return d
}

// ownKey returns the key of the learner's own program, if that is what folder
// holds and the race detector is asked; else "".
func (u *Unit) ownKey(folder string, race bool) string {
	if !race || !u.isOwn(folder) {
		return ""
	}
	key, err := u.Key(folder, EngineKey(u.Root))
	if err != nil {
		return ""
	}
	return key
}

// keepDetected keeps what r says about races, for the program with this key;
// "" is none. What was known of the same program stays true for the scenarios
// that were not run. That it cannot be kept costs a run with the detector, no
// more.
func (r *Result) keepDetected(key string) {
	if key == "" || r.untouched {
		return
	}
	d := r.unit.Detected()
	if d.Key != key {
		d = Detected{Key: key}
	}
	before, _ := json.Marshal(d)
	for _, t := range r.Tests {
		if t.scenario.Race && !t.Challenge && t.ran && t.Status != Skip && t.Status != Error {
			d.note(t)
		}
	}
	if t := r.FirstFailure(); t != nil && slices.Contains(d.Failed, t.ID) {
		d.First, d.Code, d.Case, d.Hints, d.Report = t.ID, t.Code, t.Case, t.Hints, r.Page()
	}
	if len(d.Failed) == 0 {
		d.First, d.Code, d.Case, d.Hints, d.Report = "", "", "", nil, ""
	}
	after, err := json.MarshalIndent(d, "", "  ")
	if again, _ := json.Marshal(d); err != nil || string(again) == string(before) {
		return
	}
	writeWhole(r.unit.detectedFile(), append(after, '\n'))
}

func (d *Detected) note(t *Test) {
	other := func(id string) bool { return id == t.ID }
	d.Passed, d.Failed = slices.DeleteFunc(d.Passed, other), slices.DeleteFunc(d.Failed, other)
	if t.Status == Pass {
		d.Passed = append(d.Passed, t.ID)
	} else {
		d.Failed = append(d.Failed, t.ID)
	}
}

// isOwn reports whether folder holds the learner's own program of the unit.
func (u *Unit) isOwn(folder string) bool {
	return relative(u.Root, folder) == filepath.Join("exercises", u.Name)
}

// writeWhole writes a file so that a reader finds all of it or what was there.
func writeWhole(path string, data []byte) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) // it has its name by then, unless something failed
	_, err = f.Write(data)
	if f.Close() == nil && err == nil {
		os.Rename(f.Name(), path)
	}
}
