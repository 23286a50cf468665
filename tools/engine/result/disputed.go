package result

import (
	"fmt"

	"loopback/tools/base/record"
)

// Disputed gives t, whose first run is first, the outcome of two runs that differ: an
// error, which says where and how each of them ended. What a report shows besides is of
// the first run, for that is the one that failed.
func (t *Test) Disputed(first Test) {
	what := record.Say("two runs of this scenario differ: %s, then %s", first.ending(), t.ending())
	*t = first
	t.Verdict = &record.Verdict{Code: record.CannotGrade, What: what, Where: first.Verdict.Where}
	t.Status, t.Code, t.Rationale, t.Points = Error, record.CannotGrade, clean(what.String()), 0
	t.Help, t.Hints, t.Case, t.Expected, t.Actual, t.Compared = "", []string{}, "", "", "", nil
}

// ending says how a run of t ended, and in which line of the scenario.
func (t *Test) ending() string {
	switch t.Status {
	case Pass:
		return "a pass"
	case Skip:
		return fmt.Sprintf("left out (%s)", t.Rationale)
	}
	return fmt.Sprintf("%s in line %d (%s)", t.Code, t.Line, t.Rationale)
}
