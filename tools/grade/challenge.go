package grade

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// A challenge is a scenario that a learner may try for: it asks for more than
// the unit does. It runs when all else passes, and it never counts, unless it
// is asked for: then r.counted is set.

// Challenges says how many of a unit's challenges a program passed.
type Challenges struct {
	Passed int `json:"passed"`
	Of     int `json:"of"`
}

// checkChallenges makes sure that challenges are numbered behind all other
// scenarios, of which there must be one.
func (u *Unit) checkChallenges() error {
	for i, sc := range u.Scenarios[1:] {
		if before := u.Scenarios[i]; before.Challenge && !sc.Challenge {
			return fmt.Errorf("%s: a challenge is numbered behind all other scenarios, and %s is none",
				before.files()[0], sc.ID)
		}
	}
	if first := u.Scenarios[0]; first.Challenge {
		return fmt.Errorf("%s: a unit begins with a scenario that is no challenge", first.files()[0])
	}
	return nil
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

// counting returns those of r.Tests that decide about the whole.
func (r *Result) counting() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), func(t *Test) bool { return !r.counts(t) })
}

// aside returns the challenges that do not decide about the whole.
func (r *Result) aside() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), r.counts)
}

// Shown returns the tests that the table has: a challenge only when it was run.
func (r *Result) Shown() []*Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), func(t *Test) bool { return t.Challenge && t.Waits() })
}

// waitForRest marks a challenge as one that waits for all else.
func (t *Test) waitForRest() {
	t.Status, t.Code, t.Rationale = Skip, "", waitsFor+"a challenge runs when all else passes"
}

// tryChallenges runs the challenges, some at a time, when all else has passed;
// else they wait.
func (r *Result) tryChallenges(ctx context.Context, parallel int) {
	tests := r.aside()
	if r.FirstFailure() != nil || r.untouched || len(tests) == 0 {
		return
	}
	r.ticking.Lock()
	r.trying = true
	r.ticking.Unlock()
	slots := make(chan struct{}, atOnce(parallel))
	var wg sync.WaitGroup
	for _, t := range tests {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			r.run(ctx, t)
		})
	}
	wg.Wait()
	r.holdNeedy()
	r.confirm(ctx, tests)
}

// count makes challenges decide about the whole, as all else does.
func (r *Result) count() {
	r.counted = true
	for _, t := range r.Tests {
		if t.Challenge {
			t.Status, t.Code, t.Rationale = Error, CannotGrade, notReached
		}
	}
}

// notReached is said of what was not run.
const notReached = "not reached"

// alone reports whether r is about a challenge and nothing else.
func (r *Result) alone() bool {
	return r.counted && len(r.Tests) == 1 && r.Tests[0].Challenge
}

// planned is how many scenarios are to be run, as far as that is known.
func (r *Result) planned() int {
	if r.trying {
		return len(r.Tests)
	}
	return len(r.counting())
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
	for _, t := range r.aside() {
		if again := t.Again(r); t.ran && t.Status != Pass && t.Status != Skip && again != "" {
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
		Tests: []*Test{t}, prog: r.prog, unit: r.unit, counted: true}
	one.MaxScore = t.MaxPoints
	one.sum()
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

// mirrorChallenge runs a challenge as a subtest, which is passed or skipped,
// never failed. What else was selected comes first.
func (r *Result) mirrorChallenge(t *testing.T, test *Test) {
	test.chosen = true
	t.Parallel()
	for _, other := range r.Tests {
		if other.chosen && !other.Challenge && !r.mirrorOnce(t, other) {
			t.Skip(test.Rationale)
		}
	}
	if r.untouched {
		t.Skip(test.Rationale)
	}
	r.mirrorOnce(t, test)
	switch {
	case test.Status == Skip:
		t.Skip(test.Rationale)
	case test.Status != Pass:
		t.Skipf("challenge not passed; its report: go run ./tools/course run %s %s", r.Unit[:2], test.ID)
	}
}

// mirrorOnce runs a scenario unless that has been done, and reports whether
// nothing is wrong with it. One that is being run is waited for.
func (r *Result) mirrorOnce(t *testing.T, test *Test) (ok bool) {
	test.once.Do(func() {
		r.begin(test)
		r.end(test, runScenario(t.Context(), r.unit, test.scenario, r.prog))
	})
	return test.Status == Pass || test.Status == Skip
}
