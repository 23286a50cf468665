package progress

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// State says how far an exercise is.
type State string

// The states.
const (
	NotStarted  State = "not started"
	NotBuilt    State = "does not compile"
	Failing     State = "failing" // some scenario of it
	Done        State = "done"
	CannotGrade State = "could not grade"
)

// A Failure is what fails in a program, as far as hints are concerned.
type Failure struct {
	Scenario string      `json:"scenario"`
	Code     record.Code `json:"code"`
	Case     string      `json:"case,omitempty"` // which of its hints the evidence chose
}

// A Record is what is kept of the result of one exercise.
type Record struct {
	Unit   string    `json:"unit"`
	Key    string    `json:"key"`
	At     time.Time `json:"at"`
	State  State     `json:"state"`
	Passed int       `json:"passed"`
	Total  int       `json:"total"`
	First  Failure   `json:"first"`           // the first failure, when State is Failing
	Cause  string    `json:"cause,omitempty"` // what the report says of that failure
	Hints  []string  `json:"hints,omitempty"` // for it, each a step further
	Failed []string  `json:"failed"`
	Left   []string  `json:"left"` // scenarios that could not be run here, though nothing failed before them
	Report string    `json:"report"`
	Error  string    `json:"error,omitempty"` // the compiler's first message, when State is NotBuilt

	Challenges []Challenge `json:"challenges,omitempty"` // those that were run, since all else passes

	Won   []string `json:"-"` // challenges that are passed for the first time
	Fresh bool     `json:"-"` // it was graded just now, not read
	Race  Raced    `json:"-"` // what the race detector has said about this program
}

// Begun reports whether the learner works on the exercise.
func (s State) Begun() bool { return s == Failing || s == NotBuilt }

// recordOf takes from a result what is kept.
func recordOf(r *result.Result, key string) Record {
	rec := Record{Unit: r.Unit, Key: key, At: time.Now().Round(time.Second), State: stateOf(r),
		Report: r.Page(), Error: r.FirstMessage(), Challenges: challengesOf(r)}
	for _, t := range r.Tests {
		if t.Challenge {
			continue
		}
		rec.Total++
		switch t.Status {
		case result.Pass:
			rec.Passed++
		case result.Skip:
			if t.MaxPoints == 0 {
				rec.Left = append(rec.Left, t.ID)
			}
		default:
			rec.Failed = append(rec.Failed, t.ID)
		}
	}
	if t := r.FirstFailure(); t != nil {
		rec.First, rec.Cause, rec.Hints = Failure{t.ID, t.Code, t.Case}, t.Help, t.Hints
	}
	return rec
}

func stateOf(r *result.Result) State {
	switch {
	case r.Status == result.NotBuilt:
		return NotBuilt
	case r.Untouched():
		return NotStarted
	case r.AllPass():
		return Done
	case r.Status == result.CouldNotGrade && r.FirstFailure().Code == record.CannotGrade:
		return CannotGrade
	}
	return Failing
}
