package laws

import (
	"context"
	"fmt"
	"path/filepath"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/nearest"
	"loopback/tools/base/problem"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A subject is a program whose verdict is known, to be checked.
type subject struct {
	catalogue.Subject
	only  string // the one scenario that it meets; "" when that follows from what it is
	oneIn int    // of so many scenarios it meets one; 0 for all

	hidden   []scenario.Hidden // scenarios that its unit has beside those of the course
	optional bool              // a right program need not pass what it meets
}

// subjects returns those of a unit, or of all, and the hostile ones, too, when
// unit is "".
func subjects(root, unit string) (all []subject, ps []problem.Problem) {
	known, ps := catalogue.Subjects(root, unit)
	for _, s := range known {
		all = append(all, subject{Subject: s})
	}
	return all, ps
}

// grade grades one subject and returns the result.
func (s subject) grade(ctx context.Context, root string, o grade.Options) (*result.Result, error) {
	u, err := scenario.LoadUnit(root, s.Unit)
	if err != nil {
		return nil, err
	}
	if err := u.Add(s.hidden); err != nil {
		return nil, err
	}
	return grade.GradeFolder(ctx, u, filepath.Join(root, s.Folder), s.Race, o)
}

// wrongly says how r is not the verdict that s must get, or "".
func (s subject) wrongly(r *result.Result) string {
	if t := s.challenge(r); t != nil && r.Status != result.NotBuilt {
		return s.wronglyAt(r, t)
	}
	t := r.FirstFailure()
	switch {
	case s.NotBuilt && r.Status == result.NotBuilt:
		return ""
	case s.NotBuilt:
		return "it compiles, and must not"
	case r.Status == result.NotBuilt:
		return "it does not compile:\n" + r.Build.Output
	case s.passes() && t == nil:
		return s.wronglyTried(r)
	case s.passes():
		return fmt.Sprintf("it must pass, but %s ended with %s:\n%s", t.ID, t.Code, r.Text())
	case t == nil && len(r.Tests) == 1:
		return fmt.Sprintf("it must fail %s (%s), but passes it", s.Scenario, s.Code)
	case t == nil:
		return fmt.Sprintf("it must fail %s (%s), but passes everything", s.Scenario, s.Code)
	case s.Kind == catalogue.Wrong && r.Test(s.Scenario) == nil:
		return fmt.Sprintf("there is no scenario %s%s; it fails %s (%s)", s.Scenario, s.meant(r), t.ID, t.Code)
	case t.ID != s.Scenario || !s.May(t.Code):
		return fmt.Sprintf("its first failure must be %s (%s), but is %s (%s):\n%s", s.Scenario,
			s.Code, t.ID, t.Code, r.Text())
	}
	return ""
}

// meant suggests the scenario that is named almost as the one that s is said to fail.
func (s subject) meant(r *result.Result) string {
	var ids []string
	for _, t := range r.Tests {
		ids = append(ids, t.ID)
	}
	if best := nearest.Name(s.Scenario, ids); best != "" {
		return fmt.Sprintf(" (did you mean %s?)", best)
	}
	return ""
}

// instead says what a wrong program fails that passes the one scenario which it has met.
func (s subject) instead(ctx context.Context, root string, how grade.Options) string {
	how.Only = ""
	r, err := s.grade(ctx, root, how)
	if err != nil {
		return ""
	}
	if t := r.FirstFailure(); t != nil {
		return fmt.Sprintf("; it fails %s (%s)", t.ID, t.Code)
	}
	return ", and everything else"
}

func (s subject) passes() bool { return s.Kind == catalogue.Solution || s.Kind == catalogue.Right }
