package progress

import (
	"slices"
	"time"

	"loopback/tools/engine/result"
)

// A Challenge is how far a program is with one challenge of its unit, which ran
// because all else passed.
type Challenge struct {
	Failure          // Scenario is its name; the rest is empty when it is passed
	Title   string   `json:"title"`
	Passed  bool     `json:"passed"`
	NotRun  string   `json:"not_run,omitempty"` // why it could not be run here
	Cause   string   `json:"cause,omitempty"`
	Hints   []string `json:"hints,omitempty"`
	Report  string   `json:"report,omitempty"`
}

// challengesOf takes from a result what is kept of the challenges that were run.
func challengesOf(r *result.Result) []Challenge {
	var out []Challenge
	for _, t := range r.Tests {
		if !t.Challenge || t.Waits() {
			continue
		}
		c := Challenge{Failure: Failure{t.ID, t.Code, t.Case}, Title: t.Title, Passed: t.Status == result.Pass}
		switch {
		case t.Status == result.Skip:
			c.NotRun = t.Rationale
		case !c.Passed:
			c.Cause, c.Hints, c.Report = t.Help, t.Hints, r.Failure(t)
		}
		out = append(out, c)
	}
	return out
}

// Challenge returns what is kept of a challenge; ok is false when it was not run.
func (r Record) Challenge(id string) (c Challenge, ok bool) {
	i := slices.IndexFunc(r.Challenges, func(c Challenge) bool { return c.Scenario == id })
	if i < 0 {
		return Challenge{}, false
	}
	return r.Challenges[i], true
}

// Open returns the challenges that were run and not passed.
func (r Record) Open() []Challenge {
	return slices.DeleteFunc(slices.Clone(r.Challenges), func(c Challenge) bool { return c.Passed || c.NotRun != "" })
}

// won notes which challenges of r are passed for the first time, and returns
// their names.
func (l *Learner) won(r Record) []string {
	var ids []string
	for _, c := range r.Challenges {
		if name := r.Unit + "/" + c.Scenario; c.Passed && l.Challenges[name].IsZero() {
			l.Challenges[name] = time.Now().Round(time.Second)
			ids = append(ids, c.Scenario)
		}
	}
	return ids
}

// HasPassed reports whether a challenge of a unit was ever passed.
func (l Learner) HasPassed(unit, id string) bool { return !l.Challenges[unit+"/"+id].IsZero() }
