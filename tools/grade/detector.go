package grade

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"loopback/tools/base/disk"
	"loopback/tools/base/record"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// Detected is what the race detector had to say about the learner's own program
// of a unit: kept by every door to the grader, go test -race among them, which
// knows no other place for it.
type Detected struct {
	Key    string   `json:"key"` // of [Key]: the program that it is about
	Passed []string `json:"passed"`
	Failed []string `json:"failed"`

	// The first failure, when it is about a race: as in [result.Test], and its report.
	First  string      `json:"first"`
	Code   record.Code `json:"code"`
	Case   string      `json:"case"`
	Hints  []string    `json:"hints"`
	Report string      `json:"report"`
}

// detectedFile is where it is kept, in the folder that Git ignores.
func detectedFile(u *scenario.Unit) string {
	return filepath.Join(u.Root, ".course", "race", u.Name+".json")
}

// DetectedOf returns what the race detector had to say, the last time that it was
// asked; its key says whether that is still true. A file that cannot be read
// counts as none.
func DetectedOf(u *scenario.Unit) Detected {
	var d Detected
	if data, err := os.ReadFile(detectedFile(u)); err == nil && json.Unmarshal(data, &d) != nil {
		return Detected{}
	}
	return d
}

// ownKey returns the key of the learner's own program, if that is what folder
// holds and the race detector is asked; else "".
func ownKey(u *scenario.Unit, folder string, race bool) string {
	if !race || !u.IsOwn(folder) {
		return ""
	}
	key, err := Key(u, folder, EngineKey(u.Root))
	if err != nil {
		return ""
	}
	return key
}

// keepDetected keeps what r says about races, for the program with this key;
// "" is none. What was known of the same program stays true for the scenarios
// that were not run. That it cannot be kept costs a run with the detector, no
// more.
func keepDetected(u *scenario.Unit, r *result.Result, key string) {
	if key == "" || r.Untouched() {
		return
	}
	d := DetectedOf(u)
	if d.Key != key {
		d = Detected{Key: key}
	}
	before, _ := json.Marshal(d)
	for _, t := range r.Tests {
		if t.Scenario.Race && !t.Challenge && t.Ran && t.Status != result.Skip && t.Status != result.Error {
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
	disk.WriteWhole(detectedFile(u), append(after, '\n'))
}

func (d *Detected) note(t *result.Test) {
	other := func(id string) bool { return id == t.ID }
	d.Passed, d.Failed = slices.DeleteFunc(d.Passed, other), slices.DeleteFunc(d.Failed, other)
	if t.Status == result.Pass {
		d.Passed = append(d.Passed, t.ID)
	} else {
		d.Failed = append(d.Failed, t.ID)
	}
}
