package result

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/scenario"
)

// UnknownSchema is the error for a result of another form.
type UnknownSchema struct{ Schema string }

func (e *UnknownSchema) Error() string {
	return fmt.Sprintf("the schema of this result is %q, and this course reads %s", e.Schema, Schema)
}

// Feedback says how much a learner gets to see of a scenario that failed.
type Feedback string

// The levels of feedback, in the words that Classroom 50 uses.
const (
	FeedbackFull       Feedback = "full"
	FeedbackActualOnly Feedback = "actual-only" // what the program did, without what was expected
	FeedbackNone       Feedback = "none"        // whether it passed
)

// Feedbacks are all levels.
var Feedbacks = []Feedback{FeedbackFull, FeedbackActualOnly, FeedbackNone}

// ForLearner returns what a learner may see of r. Of a scenario that is not visible
// that is its name and whether it passed: no byte, no cause, no hint.
func (r *Result) ForLearner(f Feedback) *Result {
	if (f == FeedbackFull || f == "") && r.AllVisible() && !slices.ContainsFunc(r.Tests, outside) {
		return r
	}
	own := *r
	own.Tests = nil
	for _, t := range r.Tests {
		switch {
		case t.Visibility != "visible":
			t = t.concealed("not shown: its visibility is " + t.Visibility)
		case f == FeedbackNone:
			t = t.concealed("not shown: this course shows only whether a scenario passed")
			t.Title = r.Test(t.ID).Title
		case f == FeedbackActualOnly:
			t = t.withoutExpected()
		case outside(t):
			own := *t
			own.File, t = "", &own
		}
		own.Tests = append(own.Tests, t)
	}
	return &own
}

// outside reports whether the scenario lies outside of the course: where that is concerns no
// learner, also of a scenario that is shown.
func outside(t *Test) bool {
	return t.File != "" && (filepath.IsAbs(t.File) || !strings.HasPrefix(t.File, "testdata/"))
}

// AllVisible reports whether no scenario is kept from learners.
func (r *Result) AllVisible() bool {
	for _, t := range r.Tests {
		if t.Visibility != "visible" {
			return false
		}
	}
	return true
}

// concealed returns t without all that tells what it is about. Why is said in
// its place.
func (t *Test) concealed(why string) *Test {
	own := &Test{ID: t.ID, Status: t.Status, Points: t.Points, MaxPoints: t.MaxPoints, Visibility: t.Visibility,
		Challenge: t.Challenge, Needs: []string{}, Tags: []string{}, Millis: t.Millis, Hints: []string{},
		Timeline: []string{}, Where: []string{}, OutputTail: []string{}, Ran: t.Ran, Confirmed: t.Confirmed,
		Untouched: t.Untouched}
	switch t.Status {
	case Pass:
	case Skip:
		own.Rationale = why
		if t.Waits() {
			own.Rationale = waitsFor + why
		}
	case Error:
		own.Code, own.Rationale = record.CannotGrade, why
	default:
		own.Status, own.Rationale = Fail, why // not even in which way
	}
	return own.plain(t.Scenario)
}

// plain gives t what reports read besides: a scenario of its name that knows
// nothing, and a verdict that says what t says.
func (t *Test) plain(sc *scenario.Scenario) *Test {
	if sc != nil {
		t.Scenario = &scenario.Scenario{ID: sc.ID, Unit: sc.Unit, Points: sc.Points, Visibility: sc.Visibility,
			Race: sc.Race, Challenge: sc.Challenge}
	}
	if t.Status != Pass && t.Status != Skip {
		t.Verdict = &record.Verdict{Code: t.Code, What: record.Say("%s", t.Rationale), Only: true}
	}
	return t
}

// withoutExpected returns t without what was expected of the program: a learner
// sees which verdict it is and what the program sent.
func (t *Test) withoutExpected() *Test {
	if t.Status == Pass || t.Status == Skip || t.Status == Error {
		return t
	}
	own := t.concealed("")
	own.Status, own.Title, own.Code, own.Actual, own.See = t.Status, t.Title, t.Code, t.Actual, t.See
	own.Rationale = t.Code.Meaning()
	return own.plain(t.Scenario)
}
