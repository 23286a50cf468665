package result

import (
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
)

// A challenge is a scenario that a learner may try for: it asks for more than
// the unit does. It runs when all else passes, and it never counts, unless it
// is asked for: then r.counted is set.

// Challenges says how many of a unit's challenges a program passed.
type Challenges struct {
	Passed int `json:"passed"`
	Of     int `json:"of"`
}

// Test returns the outcome of the scenario called id, or nil.
func (r *Result) Test(id string) *Test {
	for _, t := range r.Tests {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// counts reports whether t decides about the whole.
func (r *Result) counts(t *Test) bool { return r.counted || !t.Challenge }

// Counting returns those of r.Tests that decide about the whole.
func (r *Result) Counting() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), func(t *Test) bool { return !r.counts(t) })
}

// Aside returns the challenges that do not decide about the whole.
func (r *Result) Aside() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), r.counts)
}

// Sign is the sign of a challenge, passed or not, "" for what is none.
func (t *Test) Sign() string {
	if !t.Challenge {
		return ""
	}
	return strings.TrimSpace(star(t))
}

// Counts reports whether t has points: a challenge has some only where they were asked for.
func (t *Test) Counts() bool { return !t.Challenge || t.MaxPoints > 0 }

// Shown returns the tests that the table has: a challenge only when it was run.
func (r *Result) Shown() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), func(t *Test) bool { return t.Challenge && t.Waits() })
}

// waitForRest marks a challenge as one that waits for all else.
func (t *Test) waitForRest() {
	t.Status, t.Code, t.Rationale = Skip, "", waitsFor+"a challenge runs when all else passes"
}

// Count makes challenges decide about the whole, as all else does.
func (r *Result) Count() {
	r.counted = true
	for _, t := range r.Tests {
		if t.Challenge {
			t.Status, t.Code, t.Rationale = Error, record.CannotGrade, notReached
		}
	}
}

// notReached is said of what was not run.
const notReached = "not reached"

// alone reports whether r is about a challenge and nothing else.
func (r *Result) alone() bool {
	return r.counted && len(r.Tests) == 1 && r.Tests[0].Challenge
}

// sumAside is [Result.sum] for a challenge: it has points of its own where it
// counts, and none where it does not.
func (r *Result) sumAside(t *Test) {
	switch {
	case !r.counted:
		t.Points, t.MaxPoints = 0, 0
	case t.Status == Error:
		r.Status = CouldNotGrade
	}
}

// countChallenges fills in how many challenges were passed.
func (r *Result) countChallenges() {
	r.Challenges = Challenges{}
	for _, t := range r.Tests {
		if t.Challenge {
			r.Challenges.Of++
		}
		if t.Challenge && t.Status == Pass {
			r.Challenges.Passed++
		}
	}
}

// challengeLine says how many challenges were passed, and how to see the report
// of one that was not; "" when there is nothing to say.
func (r *Result) challengeLine() string {
	if r.alone() || r.Challenges.Of == 0 {
		return ""
	}
	line := fmt.Sprintf("\nChallenges passed: %d of %d.", r.Challenges.Passed, r.Challenges.Of)
	for _, t := range r.Aside() {
		if again := t.Again(r); t.Ran && t.Status != Pass && t.Status != Skip && again != "" {
			return line + " They do not count. The report of one that is not:\n  " + again + "\n"
		}
	}
	return line + "\n"
}

// Again returns the command that runs t alone, "" where there is none.
func (t *Test) Again(r *Result) string {
	if lines := r.again(t); len(lines) > 1 {
		return lines[0].String()
	}
	return ""
}

// Alone returns what r would be if t were all there is: then a challenge
// counts, and its failure is told in full.
func (r *Result) Alone(t *Test) *Result {
	one := &Result{Schema: r.Schema, Unit: r.Unit, Status: r.Status, Plan: []string{t.ID}, Seed: r.Seed,
		Tests: []*Test{t}, Folder: r.Folder, Race: r.Race, Again: r.Again, counted: true}
	one.MaxScore = t.MaxPoints
	one.Sum()
	return one
}

// star says in one sign whether a challenge is passed.
func star(t *Test) string {
	switch {
	case t.Status == Pass:
		return Passed + "   "
	case t.Status == Skip && !t.Waits():
		return "-   "
	}
	return NotPassed + "   "
}

// The signs of a challenge that is passed, and of one that is not.
const (
	Passed    = "★"
	NotPassed = "☆"
)
